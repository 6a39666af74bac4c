-- What is watched, how it goes, and what each source said.

CREATE TABLE source (  -- A channel of a publisher that is watched.
    id            TEXT NOT NULL PRIMARY KEY,
    name          TEXT NOT NULL,
    name_key      TEXT NOT NULL UNIQUE,  -- The name in lower case.
    kind          TEXT NOT NULL,         -- "feed", "govuk", …: also in the settings.
    settings      TEXT NOT NULL,         -- JSON: where to look and in whose name.
    memory        TEXT NOT NULL,         -- JSON: what looks left for the next one; written with or after their records.
    is_paused     BIGINT NOT NULL,       -- 1: the schedule passes over it.
    created_at    BIGINT NOT NULL,
    next_due_at   BIGINT NOT NULL,       -- When the schedule looks again.
    not_before_at BIGINT,                -- The server asks to be left alone until then.
    tried_at      BIGINT,                -- The end of the last look, however it went.
    succeeded_at  BIGINT,                -- The end of the last look that brought an answer.
    failure_count BIGINT NOT NULL,       -- Looks in a row without an answer.
    last_error    TEXT NOT NULL,         -- Why the last look brought none; empty where it did.
    rhythm_ms     BIGINT,                -- The usual time between two publications; NULL while it is not known.
    silent_at     BIGINT,                -- From then on its silence is longer than its rhythm explains; NULL while that is not known.
    lease_by      TEXT,                  -- Who looks now.
    lease_until   BIGINT
);
CREATE INDEX source_by_due ON source (next_due_at);

CREATE TABLE look (  -- One look at a source, the last ones of each.
    id                TEXT NOT NULL PRIMARY KEY,
    source_id         TEXT NOT NULL REFERENCES source ON DELETE CASCADE,
    began_at          BIGINT NOT NULL,
    ended_at          BIGINT NOT NULL,
    new_count         BIGINT NOT NULL,
    updated_count     BIGINT NOT NULL,
    unchanged_count   BIGINT NOT NULL,
    document_count    BIGINT NOT NULL,   -- Documents that were read.
    problem_count     BIGINT NOT NULL,
    error             TEXT NOT NULL,     -- Why there was no answer; empty where there was one.
    problems          TEXT NOT NULL      -- JSON: a sentence for each, the first ones.
);
CREATE INDEX look_of_source ON look (source_id, id);
