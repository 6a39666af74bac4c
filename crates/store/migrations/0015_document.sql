-- Documents: the files of publications as they were fetched.

CREATE TABLE document (  -- One file of a publication.
    id               TEXT NOT NULL PRIMARY KEY,
    publication_id   TEXT NOT NULL REFERENCES publication ON DELETE CASCADE,
    url              TEXT NOT NULL,
    position         BIGINT NOT NULL,  -- Its place among those of its publication: the page first.
    title            TEXT NOT NULL,    -- What its publication calls it; often empty.
    etag             TEXT,             -- What the last answer is recognised by.
    last_modified    TEXT,
    first_fetched_at BIGINT,           -- NULL: it never could be.
    last_tried_at    BIGINT NOT NULL,
    last_error       TEXT NOT NULL,    -- Why the last try brought nothing; empty where it brought something.
    version_count    BIGINT NOT NULL,
    UNIQUE (publication_id, url)
);

CREATE TABLE document_version (  -- What a document said at one time. Never overwritten.
    document_id         TEXT NOT NULL REFERENCES document ON DELETE CASCADE,
    number              BIGINT NOT NULL,  -- From 1.
    publication_version BIGINT NOT NULL,  -- Of which version of the publication it is a part.
    seen_at             BIGINT NOT NULL,
    final_url           TEXT NOT NULL,    -- Where it was in the end, behind all redirects.
    media_type          TEXT,             -- As the server said; the form is what was found.
    form                TEXT NOT NULL,    -- "html", "pdf", …
    original_sha256     TEXT NOT NULL,    -- Of its bytes, which are kept under this name.
    size_bytes          BIGINT NOT NULL,
    text_sha256         TEXT NOT NULL,    -- Of its text: the same means that it says the same.
    content             TEXT NOT NULL,    -- JSON: the document.
    PRIMARY KEY (document_id, number)
);
CREATE INDEX document_version_by_original ON document_version (original_sha256);
CREATE INDEX document_version_by_time ON document_version (seen_at, document_id);
