//! The JSON form: what `docs/edition-schema.json` describes is what is written, and reading it loses nothing.

use jsonschema::Validator;
use proptest::prelude::*;
use pulse_model::{Digest, Edition, Problem, ProblemKind};
use pulse_render::{Addresses, Work, json};
use pulse_testkit::arbitrary;
use serde_json::Value;

use crate::case;

fn schema() -> Value {
    serde_json::from_str(include_str!("../../../../docs/edition-schema.json")).unwrap()
}

fn write(edition: &Edition) -> Vec<u8> {
    let digest = Digest::named(edition.digest.clone(), "Digest");
    json::render(Work { digest: &digest, edition, addresses: &Addresses::default() }).bytes
}

fn check(validator: &Validator, edition: &Value) {
    let errors: Vec<String> = validator.iter_errors(edition).map(|error| format!("{}: {error}", error.instance_path)).collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
}

proptest! {
    #[test]
    fn an_edition_comes_back_equal_and_fits_the_schema(edition in arbitrary::edition()) {
        let bytes = write(&edition);
        prop_assert_eq!(&serde_json::from_slice::<Edition>(&bytes).unwrap(), &edition);
        check(&jsonschema::validator_for(&schema()).unwrap(), &serde_json::from_slice(&bytes).unwrap());
    }
}

#[test]
fn cases_fit_the_schema_before_and_after() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    for mut case in case::all() {
        let source = std::fs::read(case.folder.join("edition.json")).unwrap();
        check(&validator, &serde_json::from_slice(&source).unwrap());
        case.edition.problems.push(Problem::new(ProblemKind::LinkLost, "the link has no target").at_line(3));
        let bytes = write(&case.edition);
        check(&validator, &serde_json::from_slice(&bytes).unwrap());
        assert!(bytes.ends_with(b"}\n"));
        assert_eq!(serde_json::from_slice::<Edition>(&bytes).unwrap(), case.edition, "{}", case.name);
    }
}

#[test]
fn the_schema_refuses_fields_it_does_not_know_and_values_the_model_refuses() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    let edition: Value = serde_json::from_slice(&write(&case::all()[0].edition)).unwrap();
    let changes = [
        ("/colour", Value::from("red")),
        ("/schema_version", Value::from(2)),
        ("/digest", Value::from("Not a slug")),
        ("/month", Value::from("2026-13")),
        ("/letter/colour", Value::from("red")),
        ("/sectors/0/categories/0/entries/0/colour", Value::from("red")),
        ("/sectors/0/categories/0/entries/0/links", serde_json::json!([{"url": "javascript:alert(1)"}])),
        ("/news/0/kind", Value::from("robot")),
    ];
    for (place, value) in changes {
        let mut changed = edition.clone();
        let (parent, name) = place.rsplit_once('/').unwrap();
        changed.pointer_mut(parent).unwrap()[name] = value;
        assert!(!validator.is_valid(&changed), "{place}");
    }
}

/// A schema that people build on explains itself: every property and every definition has its sentence.
#[test]
fn every_field_is_described() {
    fn visit(path: &str, value: &Value) {
        let Some(object) = value.as_object() else { return };
        for key in ["properties", "$defs"] {
            for (name, field) in object.get(key).and_then(Value::as_object).into_iter().flatten() {
                assert!(field["description"].as_str().is_some_and(|words| words.ends_with('.')), "{path}/{key}/{name}");
            }
        }
        object.iter().for_each(|(name, inner)| visit(&format!("{path}/{name}"), inner));
    }
    visit("", &schema());
    assert_eq!(schema()["properties"]["schema_version"]["const"], pulse_model::edition::SCHEMA_VERSION);
}
