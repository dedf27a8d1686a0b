-- +goose Up

-- Times are microseconds since 1970, durations nanoseconds, money billionths of a dollar. Ids are the bytes of the hex
-- digits; an id that is not hex is text. NULL stands for what is not known.

-- The last of each that was given, so that none is given twice.
CREATE TABLE counters (
    only    INTEGER PRIMARY KEY CHECK (only = 1),
    seq     INTEGER NOT NULL,
    trace   INTEGER NOT NULL,
    piece   INTEGER NOT NULL,
    term    INTEGER NOT NULL,
    indexed INTEGER NOT NULL -- pieces up to this one are in piece_index
);

INSERT INTO counters VALUES (1, 0, 0, 0, 0, 0);

CREATE TABLE projects (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);

CREATE TABLE keys (
    id      TEXT PRIMARY KEY,
    project TEXT NOT NULL,
    name    TEXT NOT NULL,
    scope   TEXT NOT NULL,
    hint    TEXT NOT NULL,
    hash    BLOB NOT NULL UNIQUE,
    created INTEGER NOT NULL,
    revoked INTEGER
);

CREATE TABLE traces (
    id            INTEGER PRIMARY KEY,
    project       INTEGER NOT NULL,
    trace_id      BLOB NOT NULL,
    seq           INTEGER NOT NULL,
    start         INTEGER NOT NULL,
    name          TEXT NOT NULL,
    has_root      INTEGER NOT NULL,
    user_id       TEXT,
    session_id    TEXT,
    environment   TEXT,
    git_repo      TEXT,
    git_ref       TEXT,
    evaluation    INTEGER NOT NULL,
    tags          TEXT, -- JSON array of text
    status        TEXT NOT NULL,
    earliest      INTEGER,
    latest        INTEGER,
    spans         INTEGER NOT NULL,
    errors        INTEGER NOT NULL,
    root_errors   INTEGER NOT NULL, -- of the errors, those of roots
    running       INTEGER NOT NULL,
    input_tokens  INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    cache_read    INTEGER NOT NULL,
    estimated     INTEGER NOT NULL, -- spans with estimated tokens
    cost          INTEGER NOT NULL,
    priced        INTEGER NOT NULL, -- spans with a cost
    unpriced      INTEGER NOT NULL, -- spans with tokens and without a cost
    first_token   INTEGER NOT NULL,
    agent         TEXT,
    models        TEXT, -- JSON array of [name, spans], in the order heard of
    state         BLOB NOT NULL, -- what only the writer needs: see state.go
    texts         BLOB NOT NULL, -- Input, Output and Metadata: see recipe.go
    UNIQUE (project, trace_id)
);

CREATE INDEX traces_start ON traces (project, start);
CREATE INDEX traces_oldest ON traces (start);
CREATE INDEX traces_session ON traces (project, session_id, start) WHERE session_id IS NOT NULL;
CREATE UNIQUE INDEX traces_seq ON traces (seq);
CREATE INDEX traces_evaluation ON traces (project, start) WHERE evaluation = 1;

-- Deletions are remembered for those who follow the changes.
CREATE TABLE deletions (
    seq      INTEGER PRIMARY KEY,
    project  INTEGER NOT NULL,
    trace_id BLOB NOT NULL
);

-- Spans lie beside those of the same trace.
CREATE TABLE spans (
    trace         INTEGER NOT NULL,
    span_id       BLOB NOT NULL,
    parent        BLOB,
    project       INTEGER NOT NULL,
    start         INTEGER NOT NULL,
    "end"         INTEGER,
    name          TEXT NOT NULL,
    kind          TEXT NOT NULL,
    error         INTEGER NOT NULL, -- 1: the status is an error
    model         TEXT,
    environment   TEXT,
    service       TEXT,
    version       TEXT,
    input_tokens  INTEGER, -- NULL: no tokens are known
    output_tokens INTEGER,
    cache_read    INTEGER,
    estimated     INTEGER,
    cost          INTEGER, -- the total
    first_token   INTEGER,
    texts         BLOB NOT NULL, -- everything else: see recipe.go
    PRIMARY KEY (trace, span_id)
) WITHOUT ROWID;

-- Literals of spans of a trace that came together: see sheets.go.
CREATE TABLE sheets (
    trace INTEGER NOT NULL,
    sheet INTEGER NOT NULL,
    body  BLOB NOT NULL, -- see body.go
    PRIMARY KEY (trace, sheet)
) WITHOUT ROWID;

CREATE INDEX spans_start ON spans (project, start, model, environment);

-- A piece is a text that is stored once, however many spans hold it.
CREATE TABLE pieces (
    id      INTEGER PRIMARY KEY,
    project INTEGER NOT NULL,
    trace   INTEGER NOT NULL, -- the first that holds it; the others are in uses
    hash    BLOB NOT NULL,    -- the 16 bytes of store.Hash
    body    BLOB NOT NULL     -- see body.go
);

-- Pieces by the first eight bytes of their hash, exclusive-or the project. Pieces above counters.indexed are not in
-- it yet: the process that owns the file has them in memory and adds them in hash order, many at a time.
CREATE TABLE piece_index (
    hash  INTEGER NOT NULL,
    piece INTEGER NOT NULL,
    PRIMARY KEY (hash, piece)
) WITHOUT ROWID;

CREATE TABLE uses (
    piece INTEGER NOT NULL,
    trace INTEGER NOT NULL,
    PRIMARY KEY (piece, trace)
) WITHOUT ROWID;

-- Values by which traces are found. The fields are those of store.Query.
CREATE TABLE terms (
    id      INTEGER PRIMARY KEY,
    project INTEGER NOT NULL,
    field   TEXT NOT NULL,
    value   TEXT NOT NULL,
    UNIQUE (project, field, value)
);

CREATE TABLE trace_terms (
    term  INTEGER NOT NULL,
    start INTEGER NOT NULL, -- of the trace
    trace INTEGER NOT NULL,
    PRIMARY KEY (term, start, trace)
) WITHOUT ROWID;

CREATE TABLE rollups (
    project       INTEGER NOT NULL,
    dimension     TEXT NOT NULL,
    hour          INTEGER NOT NULL, -- hours since 1970
    value         TEXT NOT NULL,
    count         INTEGER NOT NULL,
    errors        INTEGER NOT NULL,
    recovered     INTEGER NOT NULL,
    input_tokens  INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    cache_read    INTEGER NOT NULL,
    cost          INTEGER NOT NULL,
    unpriced      INTEGER NOT NULL,
    latency       BLOB, -- histograms: see histogram.go
    first_token   BLOB,
    PRIMARY KEY (project, dimension, hour, value)
) WITHOUT ROWID;

-- +goose StatementBegin
-- Words of pieces of inputs and outputs, as store.IndexText gives them; the rowid is the piece.
CREATE VIRTUAL TABLE piece_words USING fts5 (
    words, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii'
);
-- +goose StatementEnd

-- +goose StatementBegin
-- Of a trace, words of inputs and outputs that are in no piece, and a token for each attribute and each member of the
-- metadata: see tokens.go. The rowid is trace << 20 + n.
CREATE VIRTUAL TABLE trace_words USING fts5 (
    words, content = '', contentless_delete = 1, detail = none, tokenize = "ascii tokenchars '_'"
);
-- +goose StatementEnd

-- Merging more segments at once merges each word less often.
INSERT INTO piece_words (piece_words, rank) VALUES ('automerge', 32);
INSERT INTO trace_words (trace_words, rank) VALUES ('automerge', 32);
INSERT INTO piece_words (piece_words, rank) VALUES ('crisismerge', 64);
INSERT INTO trace_words (trace_words, rank) VALUES ('crisismerge', 64);

-- +goose Down

DROP TABLE trace_words;
DROP TABLE piece_words;
DROP TABLE rollups;
DROP TABLE trace_terms;
DROP TABLE terms;
DROP TABLE uses;
DROP TABLE piece_index;
DROP TABLE pieces;
DROP TABLE sheets;
DROP TABLE spans;
DROP TABLE deletions;
DROP TABLE traces;
DROP TABLE keys;
DROP TABLE projects;
DROP TABLE counters;
