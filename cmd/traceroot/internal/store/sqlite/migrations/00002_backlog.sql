-- +goose Up

-- Words that trace_words does not have yet, one row for each transaction that put them off: see backlog.go.
CREATE TABLE unindexed (
    id    INTEGER PRIMARY KEY,
    words BLOB NOT NULL -- see entry.append
);

-- Pieces up to this one are in piece_words, as far as their words are found.
ALTER TABLE counters ADD COLUMN searched INTEGER NOT NULL DEFAULT 0;

UPDATE counters SET searched = piece;

-- Merging more segments at once merges each word less often.
INSERT INTO piece_words (piece_words, rank) VALUES ('automerge', 64);
INSERT INTO trace_words (trace_words, rank) VALUES ('automerge', 64);
INSERT INTO piece_words (piece_words, rank) VALUES ('crisismerge', 128);
INSERT INTO trace_words (trace_words, rank) VALUES ('crisismerge', 128);

-- +goose Down

INSERT INTO piece_words (piece_words, rank) VALUES ('crisismerge', 64);
INSERT INTO trace_words (trace_words, rank) VALUES ('crisismerge', 64);
INSERT INTO piece_words (piece_words, rank) VALUES ('automerge', 32);
INSERT INTO trace_words (trace_words, rank) VALUES ('automerge', 32);

ALTER TABLE counters DROP COLUMN searched;

DROP TABLE unindexed;
