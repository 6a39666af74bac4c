//! What is where on a server, and how that changes from one request to the next.

use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::sync::Arc;

use super::{Page, Request};

/// What a server has. A request is answered by the first of these that there is: the page of its host, path and query, the same
/// without the query, then both for any host, then what the function of [`Site::otherwise`] makes, then 404.
#[derive(Clone, Default)]
pub struct Site {
    routes: HashMap<String, Steps>,
    otherwise: Option<Arc<Otherwise>>,
}

type Otherwise = dyn Fn(&Request) -> Option<Page> + Send + Sync;

/// Answers in turn; the last one stays.
#[derive(Clone)]
struct Steps {
    pages: Vec<Page>,
    next: usize,
}

impl Site {
    /// A server that has nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// The files of a folder, each at its path with an `ETag`; an `index.html` also at that of its folder.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn folder(root: &Path) -> io::Result<Self> {
        let mut site = Self::new();
        let mut folders = vec![(root.to_owned(), "/".to_owned())];
        while let Some((folder, path)) = folders.pop() {
            for file in std::fs::read_dir(folder)? {
                let file = file?;
                let name = file.file_name().to_string_lossy().into_owned();
                let at = format!("{path}{name}");
                if file.file_type()?.is_dir() {
                    folders.push((file.path(), format!("{at}/")));
                    continue;
                }
                let bytes = std::fs::read(file.path())?;
                let tag =
                    format!("\"{:x}\"", bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3)));
                let page = Page::new(media_type(&name), bytes).etag(&tag);
                if name == "index.html" {
                    site = site.page(&path, page.clone());
                }
                site = site.page(&at, page);
            }
        }
        Ok(site)
    }

    /// The same with a page, at `/path`, `/path?query`, or, for one host alone, `//host/path`. A port is no part of a host here.
    #[must_use]
    pub fn page(self, at: &str, page: Page) -> Self {
        self.steps(at, [page])
    }

    /// The same with a path that answers otherwise from time to time. After the last answer it stays with that.
    #[must_use]
    pub fn steps(mut self, at: &str, pages: impl IntoIterator<Item = Page>) -> Self {
        self.routes.insert(at.to_owned(), Steps { pages: pages.into_iter().collect(), next: 0 });
        self
    }

    /// The same with answers to everything that has no page: a search, an API.
    #[must_use]
    pub fn otherwise(mut self, answer: impl Fn(&Request) -> Option<Page> + Send + Sync + 'static) -> Self {
        self.otherwise = Some(Arc::new(answer));
        self
    }

    pub(super) fn answer(&mut self, request: &Request) -> Page {
        let path = request.path.split('?').next().unwrap_or_default();
        let host = request.host.rsplit_once(':').map_or(request.host.as_str(), |(host, _)| host);
        let routes = [format!("//{host}{}", request.path), format!("//{host}{path}"), request.path.clone(), path.to_owned()];
        let page = routes.iter().find_map(|route| self.routes.get_mut(route)?.step());
        let page = page.or_else(|| self.otherwise.as_ref()?(request));
        page.unwrap_or_else(|| Page::status(404))
    }
}

impl Steps {
    fn step(&mut self) -> Option<Page> {
        let page = self.pages.get(self.next).or(self.pages.last()).cloned();
        self.next += 1;
        page
    }
}

/// By the ending of a name.
fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "html" | "htm" => "text/html; charset=utf-8",
        "xml" => "application/xml",
        "atom" => "application/atom+xml",
        "rss" => "application/rss+xml",
        "json" => "application/json",
        "txt" => "text/plain; charset=utf-8",
        "pdf" => "application/pdf",
        "gz" => "application/gzip",
        _ => "application/octet-stream",
    }
}
