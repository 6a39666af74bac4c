//! How sources go, for whoever watches the service: the text form that Prometheus reads.
//!
//! In: the sources of the store. Out: a page of figures. Names of sources are in it, and nothing of their content. Not here: who may ask
//! (the caller).

use std::sync::atomic::AtomicU64;

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use pulse_store::{SourceRow, Store};

use crate::error::JobError;
use crate::harvest::rhythm::is_silent;

type Labels = Vec<(&'static str, String)>;

/// The page, as of `now`.
///
/// # Errors
/// What the database says.
pub async fn page(store: &Store, now: i64) -> Result<String, JobError> {
    Ok(text(&store.sources().await?, now))
}

fn text(sources: &[SourceRow], now: i64) -> String {
    let mut registry = Registry::with_prefix("pulse");
    let mut figure = |name: &str, help: &str, of: &dyn Fn(&SourceRow) -> Option<f64>| {
        let family = Family::<Labels, Gauge<f64, AtomicU64>>::default();
        for row in sources {
            if let Some(value) = of(row) {
                let labels = vec![("source", row.source.name.clone()), ("kind", row.source.channel.kind().name().to_owned())];
                family.get_or_create(&labels).set(value);
            }
        }
        registry.register(name, help, family);
    };
    let seconds = |at: i64| at as f64 / 1_000.0;
    let flag = |is: bool| Some(if is { 1.0 } else { 0.0 });
    figure("source_last_success_timestamp_seconds", "When a source answered last, Unix time", &|row| row.health.succeeded_at.map(seconds));
    figure("source_last_try_timestamp_seconds", "When a source was asked last, Unix time", &|row| row.health.tried_at.map(seconds));
    figure("source_next_due_timestamp_seconds", "When a source is to be asked next, Unix time", &|row| Some(seconds(row.health.next_due_at)));
    figure("source_failures_in_a_row", "Looks in a row without an answer", &|row| Some(f64::from(row.health.failure_count)));
    figure("source_silent", "1 where a source has been silent for longer than its rhythm explains", &|row| flag(is_silent(&row.health, now)));
    figure("source_paused", "1 where the schedule passes over a source", &|row| flag(row.is_paused));
    figure("source_rhythm_seconds", "The usual time between two publications", &|row| row.health.rhythm_ms.map(seconds));
    figure("source_publications", "Publications a source told of", &|row| Some(row.publication_count as f64));
    let count = Gauge::<f64, AtomicU64>::default();
    count.set(sources.len() as f64);
    registry.register("sources", "Sources that are watched", count);
    let mut text = String::new();
    // Writing to a text cannot fail.
    _ = encode(&mut text, &registry);
    text
}

#[cfg(test)]
mod tests {
    use pulse_model::{Channel, Source};
    use pulse_store::{SourceHealth, SourceId};

    use super::*;

    #[test]
    fn every_source_has_its_figures() {
        let channel = Channel::Feed { url: "https://quay.example/feed".parse().unwrap() };
        let source = Source { name: "Quay \"reports\"\n".into(), publisher: None, sectors: Vec::new(), channel };
        let health = SourceHealth { succeeded_at: Some(1_500), failure_count: 2, silent_at: Some(10), ..SourceHealth::default() };
        let row = SourceRow { id: SourceId(uuid::Uuid::nil()), source, is_paused: false, created_at: 0, health, publication_count: 7 };
        let text = text(&[row], 10);
        for line in [
            "pulse_source_last_success_timestamp_seconds{source=\"Quay \\\"reports\\\"\\n\",kind=\"feed\"} 1.5",
            "pulse_source_failures_in_a_row{source=\"Quay \\\"reports\\\"\\n\",kind=\"feed\"} 2.0",
            "pulse_source_silent{source=\"Quay \\\"reports\\\"\\n\",kind=\"feed\"} 1.0",
            "pulse_source_publications{source=\"Quay \\\"reports\\\"\\n\",kind=\"feed\"} 7.0",
            "pulse_sources 1.0",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\nis not in\n{text}");
        }
        assert!(!text.contains("pulse_source_rhythm_seconds{"));
    }
}
