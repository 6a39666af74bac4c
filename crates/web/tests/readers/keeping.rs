//! The privacy notice says what is kept how long.

use axum::http::StatusCode;

use super::desk::Desk;

#[tokio::test]
async fn the_periods_in_force_are_stated() {
    let desk = Desk::open().await;
    let page = desk.get("/lantern/privacy").await;
    assert_eq!(page.status, StatusCode::OK);
    for words in ["730 days after you have left", "not confirmed: 30 days", "edition that was sent: 400 days", "1095 days after it was answered"] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
}
