//! The kinds of source that look at pages and APIs, and how a kind is found. `UPDATE_EXPECT=1` rewrites what cases expect.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

mod discover;
mod found;
mod listing;
mod site;
mod sitemap;
mod works;
