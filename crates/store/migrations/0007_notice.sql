-- Messages to one person about an account or a subscription.

CREATE TABLE notice (
    id            TEXT NOT NULL PRIMARY KEY,
    kind          TEXT NOT NULL,    -- What it is about: "confirmation", "invitation". One of a kind in 24 hours for each address.
    address       TEXT NOT NULL,    -- Empty once its reader is erased.
    address_key   TEXT NOT NULL,    -- Empty once its reader is erased.
    subject       TEXT NOT NULL,
    body          TEXT NOT NULL,    -- Plain text. Empty once it is sent or failed, because it may hold links that let somebody in.
    status        TEXT NOT NULL CHECK (status IN ('queued', 'sent', 'failed')),
    due_at        BIGINT NOT NULL,  -- Not attempted before this moment.
    lease_by      TEXT,             -- The node that works on it.
    lease_until   BIGINT,           -- From then on another node may.
    attempt_count BIGINT NOT NULL,
    reply_code    BIGINT,           -- The server's last answer, as in delivery.
    reply_status  TEXT NOT NULL,
    reply_text    TEXT NOT NULL,
    relay         TEXT NOT NULL,
    created_at    BIGINT NOT NULL,
    sent_at       BIGINT
);
CREATE INDEX notice_of_address ON notice (address_key, kind, created_at);
CREATE INDEX notice_due ON notice ((coalesce(lease_until, due_at)), id) WHERE status = 'queued';
