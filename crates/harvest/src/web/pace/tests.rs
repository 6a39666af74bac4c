use super::*;

fn pace() -> Pace {
    Pace::new(&WebSettings { gap_ms: 1_000, api_gap_ms: 200, ..WebSettings::default() })
}

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

fn status(status: u16, retry_after_s: Option<u64>) -> FetchError {
    FetchError::Status { url: url("http://a.example/"), status, retry_after_s }
}

/// Milliseconds since the start, as the paused clock has it.
async fn begins(pace: &Pace, at: &str, gap: Gap, takes_ms: u64, start: Instant) -> u128 {
    let turn = pace.turn(&url(at), gap).await.unwrap();
    let begun = start.elapsed().as_millis();
    tokio::time::sleep(Duration::from_millis(takes_ms)).await;
    drop(turn);
    begun
}

#[tokio::test(start_paused = true)]
async fn a_host_is_asked_one_thing_at_a_time_and_others_meanwhile() {
    let (pace, start) = (pace(), Instant::now());
    let (a, b, c, other, port) = tokio::join!(
        begins(&pace, "http://a.example/1", Gap::Page, 300, start),
        begins(&pace, "https://a.example/2", Gap::Api, 300, start),
        begins(&pace, "http://a.example/3", Gap::Page, 0, start),
        begins(&pace, "http://b.example/", Gap::Page, 0, start),
        begins(&pace, "http://a.example:8080/", Gap::Page, 0, start),
    );
    assert_eq!([a, b, c, other, port], [0, 1_300, 1_800, 0, 0]);
}

#[tokio::test(start_paused = true)]
async fn a_host_may_ask_for_a_larger_gap_but_not_for_any() {
    let (pace, start) = (pace(), Instant::now());
    begins(&pace, "http://a.example/", Gap::Page.at_least(Duration::from_secs(7)), 0, start).await;
    begins(&pace, "http://a.example/", Gap::Api.at_least(Duration::from_secs(9_999)), 0, start).await;
    begins(&pace, "http://a.example/", Gap::Page.at_least(Duration::ZERO), 0, start).await;
    assert_eq!(start.elapsed(), Duration::from_secs(7 + 30));
    assert_eq!(begins(&pace, "http://a.example/", Gap::Page, 0, start).await, 38_000);
}

#[tokio::test(start_paused = true)]
async fn a_turn_that_is_given_up_leaves_a_gap_all_the_same() {
    let (pace, start) = (pace(), Instant::now());
    let long = begins(&pace, "http://a.example/", Gap::Page, 60_000, start);
    assert!(tokio::time::timeout(Duration::from_secs(2), long).await.is_err());
    assert_eq!(begins(&pace, "http://a.example/", Gap::Page, 0, start).await, 3_000);
}

#[tokio::test(start_paused = true)]
async fn a_host_that_asks_to_be_left_alone_is() {
    let (pace, start) = (pace(), Instant::now());
    let hold = async |error: FetchError| pace.turn(&url("http://a.example/"), Gap::Page).await.unwrap().remember(Some(&error));

    hold(status(429, Some(90))).await;
    tokio::time::sleep(Duration::from_millis(30_500)).await;
    let Err(FetchError::Status { status: 429, retry_after_s: Some(60), .. }) = pace.turn(&url("http://a.example/x"), Gap::Page).await.map(drop) else {
        panic!("not held")
    };
    assert_eq!(begins(&pace, "http://b.example/", Gap::Page, 0, start).await, 30_500);
    // What is almost over is waited for.
    tokio::time::sleep(Duration::from_secs(56)).await;
    assert_eq!(begins(&pace, "http://a.example/", Gap::Page, 0, start).await, 90_000);

    hold(status(503, None)).await;
    let Err(FetchError::Status { status: 503, retry_after_s: Some(61 | 60), .. }) = pace.turn(&url("http://a.example/"), Gap::Page).await.map(drop) else {
        panic!("not held")
    };
    tokio::time::sleep(Duration::from_secs(60)).await;
    for error in [status(404, Some(600)), status(500, None), FetchError::TooManyRedirects { url: url("http://a.example/") }] {
        hold(error).await;
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_waits_while_the_host_sends_another_away_is_told() {
    let pace = pace();
    let at = url("http://a.example/");
    let first = pace.turn(&at, Gap::Page).await.unwrap();
    let (second, ()) = tokio::join!(pace.turn(&at, Gap::Page), async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        first.remember(Some(&status(429, Some(600))));
        drop(first);
    });
    assert!(matches!(second.map(drop), Err(FetchError::Status { status: 429, retry_after_s: Some(600 | 601), .. })));
}

#[tokio::test]
async fn where_all_tries_were_in_vain_one_is_enough_until_there_is_an_answer() {
    let pace = Pace::new(&WebSettings { gap_ms: 0, ..WebSettings::default() });
    let at = url("http://a.example/");
    for (outcome, is_worth_retrying) in
        [(None, true), (Some(status(500, None)), false), (Some(status(404, None)), true), (Some(status(502, None)), false), (None, true)]
    {
        pace.turn(&at, Gap::Page).await.unwrap().remember(outcome.as_ref());
        assert_eq!(pace.turn(&at, Gap::Page).await.unwrap().is_worth_retrying(), is_worth_retrying, "{outcome:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_is_kept_for_hosts_that_are_asked_again_and_again() {
    let pace = pace();
    let at = url("http://a.example/");
    for (rest_ms, is_one_of_many) in [(0, false), (0, false), (0, true), (1_900, true), (2_100, false), (0, false), (0, true)] {
        tokio::time::sleep(Duration::from_millis(rest_ms)).await;
        assert_eq!(pace.turn(&at, Gap::Page).await.unwrap().is_one_of_many(), is_one_of_many);
    }
}
