-- Complaints about what is done with personal data (Data Protection Act 2018 section 164A), and which entries are read.

CREATE TABLE complaint_case (
    id              TEXT NOT NULL PRIMARY KEY,
    at              BIGINT NOT NULL,  -- When it came in.
    name            TEXT NOT NULL,    -- May be empty, as may the address.
    address         TEXT NOT NULL,
    complaint       TEXT NOT NULL,    -- In the person's own words.
    state           TEXT NOT NULL CHECK (state IN ('open', 'acknowledged', 'answered')),
    acknowledged_at BIGINT,           -- Due within 30 days.
    answered_at     BIGINT,
    outcome         TEXT NOT NULL     -- What the person was told; empty until then.
);
CREATE INDEX complaint_case_by_state ON complaint_case (state, at);

CREATE TABLE click (  -- How often the link of an entry was followed from e-mail on one day: by how many people cannot be told.
    edition_id TEXT NOT NULL REFERENCES edition ON DELETE CASCADE,
    entry_id   TEXT NOT NULL,    -- Refers to no row, because an edition that is reopened replaces its entries.
    day        BIGINT NOT NULL,  -- Days since 1 January 1970, UTC.
    number     BIGINT NOT NULL,
    PRIMARY KEY (edition_id, entry_id, day)
);
