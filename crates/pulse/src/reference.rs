//! `docs/command-line.md` and the table of `docs/configuration.md`, written from the declarations of the command line,
//! and the test that keeps both fresh: `UPDATE_EXPECT=1 cargo test -p pulse` rewrites them.

use std::fmt::Write as _;
use std::path::Path;

use clap::builder::StyledStr;
use clap::{Arg, Command, CommandFactory as _};

use crate::arguments::Arguments;
use crate::config;

#[test]
fn the_reference_of_the_command_line_is_fresh() {
    let mut text = "# The command line\n\nWritten from the program itself; `pulse help COMMAND` says the same.\n".to_owned();
    let mut root = Arguments::command();
    root.build();
    write_command(&root, &mut text);
    check_fresh("command-line.md", &text, None);
}

#[test]
fn the_table_of_options_is_fresh() {
    let mut table = "| key in `pulse.toml` | on the command line | variable | example | what it is |\n|---|---|---|---|---|\n".to_owned();
    for option in config::options().get_arguments() {
        let key = option.get_id();
        let variable = option.get_env().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let _ = writeln!(
            table,
            "| `{key}` | `--{key}` | `{variable}` | `{}` | {} |",
            config::example(key.as_str()),
            one_line(option.get_long_help().or(option.get_help()))
        );
    }
    check_fresh("configuration.md", &table, Some(("<!-- options: begin -->\n", "<!-- options: end -->")));
}

#[test]
fn every_command_explains_itself_with_an_example() {
    fn check(command: &Command) {
        let name = command.get_name();
        assert!(command.get_about().is_some(), "{name} does not say what it does");
        if command.has_subcommands() {
            command.get_subcommands().filter(|sub| !sub.is_hide_set()).for_each(check);
        } else {
            assert!(command.get_long_about().is_some(), "{name} has no long help");
            let examples = command.get_after_long_help().map(ToString::to_string).unwrap_or_default();
            assert!(examples.contains("pulse "), "{name} has no example");
        }
        for argument in command.get_arguments() {
            assert!(argument.get_help().is_some(), "{name} {} is not explained", argument.get_id());
        }
    }
    Arguments::command().debug_assert();
    check(&Arguments::command());
}

/// Compares a document, or its part between two marks, with what it should be; rewrites it on request.
fn check_fresh(name: &str, part: &str, marks: Option<(&str, &str)>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name);
    let document = std::fs::read_to_string(&path).unwrap_or_default();
    let expected = match marks {
        None => part.to_owned(),
        Some((begin, end)) => {
            let (before, rest) = document.split_once(begin).unwrap();
            let (_, after) = rest.split_once(end).unwrap();
            format!("{before}{begin}{part}{end}{after}")
        }
    };
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&path, &expected).unwrap();
    } else {
        assert!(document == expected, "docs/{name} is not fresh; rewrite it with UPDATE_EXPECT=1 cargo test -p pulse");
    }
}

fn write_command(command: &Command, text: &mut String) {
    let name = command.get_bin_name().unwrap_or(command.get_name()).to_owned();
    let is_root = name == "pulse";
    let usage = command.clone().render_usage().to_string();
    let _ =
        writeln!(text, "\n## {name}\n\n{}\n\n```\n{}\n```", paragraphs(command.get_long_about().or(command.get_about())), usage.trim_start_matches("Usage: "));
    let arguments: Vec<&Arg> = command.get_arguments().filter(|arg| !is_common(arg) && (is_root || !arg.is_global_set())).collect();
    if !arguments.is_empty() {
        text.push('\n');
    }
    for argument in arguments {
        write_argument(argument, text);
    }
    if let Some(examples) = command.get_after_long_help() {
        let examples = examples.to_string();
        let (heading, lines) = examples.split_once('\n').unwrap_or(("Example:", &examples));
        let _ = writeln!(text, "\n{heading}\n\n```\n{}\n```", lines.lines().map(|line| line.trim_start_matches("  ")).collect::<Vec<_>>().join("\n"));
    }
    for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help" && !sub.is_hide_set()) {
        write_command(sub, text);
    }
}

fn write_argument(argument: &Arg, text: &mut String) {
    let value = argument.get_value_names().filter(|_| argument.get_action().takes_values()).map(|names| names.join("> <")).unwrap_or_default();
    let shown = match argument.get_long() {
        Some(long) if value.is_empty() => format!("--{long}"),
        Some(long) => format!("--{long} <{value}>"),
        None => format!("<{value}>"),
    };
    let mut said = one_line(argument.get_long_help().or(argument.get_help()));
    let values: Vec<String> = argument.get_possible_values().iter().map(|value| format!("`{}`", value.get_name())).collect();
    if !values.is_empty() && argument.get_action().takes_values() {
        let _ = write!(said, " One of {}.", values.join(", "));
    }
    if let Some(default) = argument
        .get_default_values()
        .first()
        .filter(|default| argument.get_action().takes_values() && !default.is_empty() && !argument.is_hide_default_value_set())
    {
        let _ = write!(said, " By default `{}`.", default.to_string_lossy());
    }
    if let Some(variable) = argument.get_env() {
        let _ = write!(said, " Also `{}`.", variable.to_string_lossy());
    }
    let _ = writeln!(text, "- `{shown}`: {said}");
}

/// What every command has says nothing about any.
fn is_common(argument: &Arg) -> bool {
    matches!(argument.get_id().as_str(), "help" | "version")
}

fn paragraphs(help: Option<&StyledStr>) -> String {
    let help = help.map(ToString::to_string).unwrap_or_default();
    help.split("\n\n").map(with_full_stop).collect::<Vec<_>>().join("\n\n")
}

fn one_line(help: Option<&StyledStr>) -> String {
    let help = help.map(ToString::to_string).unwrap_or_default();
    help.split("\n\n").map(with_full_stop).collect::<Vec<_>>().join(" ").replace('\n', " ")
}

fn with_full_stop(sentence: &str) -> String {
    let sentence = sentence.trim();
    if sentence.is_empty() || sentence.ends_with(['.', ':', '?']) { sentence.to_owned() } else { format!("{sentence}.") }
}
