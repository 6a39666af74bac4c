-- Sends: the release of one edition to a frozen, counted audience, and one row for each reader in it.

CREATE TABLE send (  -- candidate_count = recipient_count + excluded_count, from "prepared" on.
    id              TEXT NOT NULL PRIMARY KEY,
    edition_id      TEXT NOT NULL REFERENCES edition,
    digest_id       TEXT NOT NULL REFERENCES digest,  -- The edition's.
    -- preparing -> prepared -> released <-> paused, stopped; released -> finished; all but finished -> cancelled.
    status          TEXT NOT NULL CHECK (status IN ('preparing', 'prepared', 'released', 'paused', 'stopped', 'finished', 'cancelled')),
    content_sha256  TEXT NOT NULL,    -- Of the text that was signed off and is sent: edition_event.content_sha256.
    candidate_count BIGINT NOT NULL,  -- Subscriptions looked at.
    recipient_count BIGINT NOT NULL,  -- Rows of delivery.
    excluded_count  BIGINT NOT NULL,  -- Rows of send_exclusion.
    due_at          BIGINT,           -- Nothing goes out before this moment; NULL until it is released.
    prepared_by     TEXT NOT NULL,
    prepared_at     BIGINT,           -- When the audience was complete; NULL until it is.
    released_by     TEXT,
    released_at     BIGINT,
    stop_reason     TEXT NOT NULL,    -- Why it is stopped; empty while it is not.
    created_at      BIGINT NOT NULL,
    updated_at      BIGINT NOT NULL
);
CREATE INDEX send_of_edition ON send (edition_id);
CREATE UNIQUE INDEX send_live ON send (edition_id) WHERE status NOT IN ('finished', 'cancelled');

CREATE TABLE send_event (  -- A step somebody took in the life of a send.
    send_id TEXT NOT NULL REFERENCES send ON DELETE CASCADE,
    number  BIGINT NOT NULL,  -- From 1, in the order taken.
    at      BIGINT NOT NULL,
    step    TEXT NOT NULL CHECK (step IN ('prepare', 'release', 'pause', 'resume', 'stop', 'finish', 'cancel')),
    who     TEXT NOT NULL,    -- "pulse" where it happened by itself.
    reason  TEXT NOT NULL,    -- Empty where the step needs none.
    PRIMARY KEY (send_id, number)
);

CREATE TABLE send_cut (  -- What one group of readers gets: the same sectors in the same language. The content is frozen.
    send_id      TEXT NOT NULL REFERENCES send ON DELETE CASCADE,
    number       BIGINT NOT NULL,  -- From 1.
    name         TEXT NOT NULL,    -- What the sending side calls it: frequency, language and sectors in one word.
    sectors      TEXT NOT NULL,    -- JSON of the sectors in it, as in subscription.
    language     TEXT NOT NULL,    -- BCP 47 tag.
    subject      TEXT NOT NULL,
    html         TEXT NOT NULL,    -- The message's two parts, before they are filled for one reader.
    plain        TEXT NOT NULL,
    reader_count BIGINT NOT NULL,  -- Rows of delivery that have this cut.
    PRIMARY KEY (send_id, number),
    UNIQUE (send_id, name)
);

CREATE TABLE send_exclusion (  -- A candidate who gets nothing.
    send_id       TEXT NOT NULL REFERENCES send ON DELETE CASCADE,
    subscriber_id TEXT REFERENCES subscriber ON DELETE SET NULL,  -- NULL once the reader is erased.
    reason        TEXT NOT NULL,                                  -- A name of the model's Exclusion.
    UNIQUE (subscriber_id, send_id)
);
CREATE INDEX send_exclusion_of_send ON send_exclusion (send_id, subscriber_id);

CREATE TABLE delivery (  -- One reader's row in a send. The defaults are those of a row that nobody has worked on.
    id             TEXT NOT NULL PRIMARY KEY,
    send_id        TEXT NOT NULL REFERENCES send,
    subscriber_id  TEXT REFERENCES subscriber ON DELETE SET NULL,  -- NULL once the reader is erased.
    address        TEXT NOT NULL,    -- As it was when the audience was frozen, as is the name; both empty once the reader is erased.
    name           TEXT NOT NULL,
    cut            BIGINT NOT NULL,  -- send_cut.number
    -- queued -> sending -> sent | deferred | failed | uncertain; queued, deferred -> suppressed; sent -> failed by a bounce.
    status         TEXT NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'sending', 'sent', 'deferred', 'failed', 'suppressed', 'uncertain')),
    due_at         BIGINT NOT NULL DEFAULT 0,  -- Not attempted before this moment; 0 until a server said later.
    lease_by       TEXT,             -- The node that works on it; NULL while none does.
    lease_until    BIGINT,           -- From then on the node counts as dead.
    attempt_count  BIGINT NOT NULL DEFAULT 0,  -- Attempts that came to an end.
    first_tried_at BIGINT,           -- When the first of them ended.
    reply_code     BIGINT,           -- The server's last answer: 250, 451, …
    reply_status   TEXT NOT NULL DEFAULT '',  -- Its enhanced status code, RFC 3463; empty where there was none.
    reply_text     TEXT NOT NULL DEFAULT '',  -- Its words, cut short.
    relay          TEXT NOT NULL DEFAULT '',  -- Who answered.
    sent_at        BIGINT,           -- When a server took it.
    UNIQUE (subscriber_id, send_id)  -- Nobody gets one send twice.
);
CREATE INDEX delivery_of_send ON delivery (send_id, id);
-- What can be claimed, the longest due first. A claimed row moves behind the others until its lease is over.
CREATE INDEX delivery_due ON delivery (send_id, (coalesce(lease_until, due_at)), id) WHERE status IN ('queued', 'deferred');
-- What a person looks at, and what a dead node left.
CREATE INDEX delivery_in_trouble ON delivery (status, send_id, id)
    WHERE status = 'sending' OR status = 'deferred' OR status = 'failed' OR status = 'suppressed' OR status = 'uncertain';

-- An attempt. One that succeeded at once has no row here, because delivery says all of it; that spares a row for nearly
-- every reader.
CREATE TABLE attempt (
    delivery_id  TEXT NOT NULL REFERENCES delivery ON DELETE CASCADE,
    number       BIGINT NOT NULL,  -- From 1; delivery.attempt_count at the time.
    at           BIGINT NOT NULL,
    status       TEXT NOT NULL CHECK (status IN ('sent', 'deferred', 'failed', 'uncertain')),
    reply_code   BIGINT,
    reply_status TEXT NOT NULL,
    reply_text   TEXT NOT NULL,
    relay        TEXT NOT NULL,
    PRIMARY KEY (delivery_id, number)
);

-- Counts of the rows of a send, changed in the transaction that changes the rows, so that nobody has to count a million.
-- Each node has counts of its own, which may be below zero, so that nodes do not wait for each other; the sum is the count.
CREATE TABLE send_tally (
    send_id TEXT NOT NULL REFERENCES send ON DELETE CASCADE,
    node    TEXT NOT NULL,    -- Empty for what no sending node did.
    -- status: rows that are in it; excluded: rows of send_exclusion by reason; reply: answers, as "sent 250 2.0.0";
    -- sent-in: rows sent in ten seconds, by the Unix second these began.
    kind    TEXT NOT NULL CHECK (kind IN ('status', 'excluded', 'reply', 'sent-in')),
    name    TEXT NOT NULL,
    number  BIGINT NOT NULL,
    PRIMARY KEY (send_id, kind, name, node)
);
