//! The privacy notice, and complaints about the use of personal data.

use axum::http::StatusCode;
use pulse_store::ComplaintState;

use crate::desk::{Desk, NOW};

const PATH: &str = "/lantern/complaint";
const DAY_MS: i64 = 24 * 3_600_000;

#[tokio::test]
async fn the_notice_says_who_and_leads_to_the_form() {
    let desk = Desk::open().await;
    let notice = desk.get("/lantern/privacy").await;
    notice.check();
    assert!(notice.body.contains("href=\"/lantern/complaint\"") && notice.body.contains("Information Commissioner"), "{}", notice.body);
    assert!(desk.get("/lantern/subscribe").await.body.contains("href=\"/lantern/privacy\""));
    assert!(desk.get("/lantern").await.body.contains("href=\"/lantern/subscribe\""));
    assert_eq!(desk.get("/nothing/privacy").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_complaint_is_kept_and_its_clock_runs() {
    let desk = Desk::open().await;
    desk.get(PATH).await.check();
    let answer = desk.post(PATH, "text=I+asked+to+be+left+alone.&name=Ada%0d%0aOkafor&address=ada%40quay.example&website=").await;
    answer.check();
    assert!(answer.body.contains("<h1>Your complaint came in</h1>") && answer.body.contains("27 June 2026"), "{}", answer.body);
    let complaint = desk.store.complaints(None, 10).await.unwrap().remove(0);
    assert_eq!((complaint.at, complaint.state), (NOW, ComplaintState::Open));
    assert_eq!((complaint.complaint.name.as_str(), complaint.complaint.address.as_str()), ("Ada Okafor", "ada@quay.example"));
    assert_eq!(complaint.complaint.text, "About Lantern:\nI asked to be left alone.");
    assert!(desk.store.complaints_running_out(NOW + 29 * DAY_MS).await.unwrap().is_empty());
    assert_eq!(desk.store.complaints_running_out(NOW + 30 * DAY_MS).await.unwrap().len(), 1);
}

#[tokio::test]
async fn looking_and_slips_keep_nothing() {
    let desk = Desk::open().await;
    for (form, field) in [("text=+&name=Ada", "text"), ("text=No&address=ada", "address"), ("", "text")] {
        let page = desk.post(PATH, form).await;
        page.check();
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
        assert!(page.body.contains(&format!("<a href=\"#{field}\">")) && page.body.contains(&format!("id=\"{field}\"")), "{form}: {}", page.body);
    }
    let trapped = desk.post(PATH, "text=Buy+this&website=https://spam.example").await;
    assert_eq!(trapped.status, StatusCode::OK);
    desk.get(PATH).await;
    assert!(desk.store.complaints(None, 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn the_longest_complaint_fits_and_no_book_does() {
    let desk = Desk::open().await;
    assert_eq!(desk.post(PATH, &format!("text={}", "%C3%A9".repeat(5000))).await.status, StatusCode::OK);
    assert_eq!(desk.post(PATH, &format!("text={}", "e".repeat(70_000))).await.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn nobody_fills_the_store_from_one_place() {
    let desk = Desk::open().await;
    let mut statuses = Vec::new();
    for number in 0..12 {
        statuses.push(desk.post(PATH, &format!("text=Complaint+{number}")).await.status);
    }
    assert_eq!(statuses[10..], [StatusCode::TOO_MANY_REQUESTS; 2]);
    assert_eq!(desk.store.complaints(None, 100).await.unwrap().len(), 10);
}
