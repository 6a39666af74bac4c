-- What people did that is not recorded elsewhere as an event.

CREATE TABLE audit (  -- Rows are added and never changed.
    id     TEXT NOT NULL PRIMARY KEY,
    at     BIGINT NOT NULL,
    who    TEXT NOT NULL,
    action TEXT NOT NULL,  -- A word or two: "remove suppression".
    thing  TEXT NOT NULL,  -- What it was done to, by its name or id; never an address.
    detail TEXT NOT NULL   -- Why and how; addresses are taken out of it.
);
CREATE INDEX audit_of_thing ON audit (thing, id);
