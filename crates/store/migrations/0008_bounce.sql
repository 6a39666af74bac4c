-- What came back, and how fast to go on.

CREATE TABLE bounce (  -- A message that said that another did not arrive, or that its reader complained.
    id             TEXT NOT NULL PRIMARY KEY,
    at             BIGINT NOT NULL,  -- When it was read.
    message_sha256 TEXT NOT NULL UNIQUE,  -- Of the message, so that reading it again changes nothing.
    delivery_id    TEXT REFERENCES delivery ON DELETE SET NULL,  -- What it is about, where that is known.
    class          TEXT NOT NULL,    -- What it means for the address, as the reading side names it: "hard", "soft", "complaint".
    reason         TEXT NOT NULL,    -- Why, in a word of that side; may be empty.
    status         TEXT NOT NULL,    -- Enhanced status code, RFC 3463; empty where there was none.
    words          TEXT NOT NULL,    -- The other server's words, cut short; empty once the reader is erased, as is the excerpt.
    excerpt        TEXT NOT NULL     -- The beginning of the report, for a person who doubts the class.
);
CREATE INDEX bounce_of_delivery ON bounce (delivery_id);
CREATE INDEX bounce_by_time ON bounce (at, id);

CREATE TABLE pace_bucket (  -- How many messages may leave for somebody now: a bucket that fills with time, at a rate that is not kept here.
    name   TEXT NOT NULL PRIMARY KEY,  -- For example a receiving domain.
    tokens DOUBLE PRECISION NOT NULL,  -- What was in it then.
    at     BIGINT NOT NULL             -- When that was so.
);
