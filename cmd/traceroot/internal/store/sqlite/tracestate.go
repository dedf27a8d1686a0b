package sqlite

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// traceState is a trace in a transaction.
type traceState struct {
	id      int64
	project int64
	stored  bool          // there is a row
	before  store.Summary // as stored
	sum     store.Summary
	models  []modelCount
	terms   []termCount
	texts   []byte // as stored; nil: not yet known

	rootErrors, estimated, priced, unpriced int64

	agent   agent
	entered agents
	words   []byte
	told    told    // tokens that trace_words has for it, in words or from before
	docs    int64   // rows in trace_words
	sheets  int64   // the last number of one
	orphans []int64 // pieces that no span of it holds any more

	staleEarliest, staleLatest, staleFirstToken bool // what a resend took away may have been the extreme
}

const stateColumns = summaryColumns + ", id, root_errors, priced, state"

// traceID is the id of a trace, which is given one where it is not there.
func (tx *txn) traceID(project int64, traceID string) (int64, error) {
	t, err := tx.trace(project, traceID)
	if err != nil {
		return 0, err
	}
	return t.id, nil
}

// trace is the state of a trace in this transaction.
func (tx *txn) trace(project int64, traceID string) (*traceState, error) {
	key := traceKey{project, traceID}
	if t := tx.traces[key]; t != nil {
		return t, nil
	}
	if t, ok := tx.warm.Get(key); ok {
		tx.traces[key] = t
		return t, nil
	}
	row, err := tx.conn.first("SELECT "+stateColumns+" FROM traces WHERE project = ? AND trace_id = ?",
		project, idValue(traceID))
	if err != nil {
		return nil, fmt.Errorf("read trace %s: %w", traceID, err)
	}
	t := &traceState{project: project}
	if row == nil {
		tx.now.trace++
		t.id = tx.now.trace
		t.sum.TraceID = traceID
	} else if err := t.load(row); err != nil {
		return nil, fmt.Errorf("read trace %s: %w", traceID, err)
	}
	tx.traces[key] = t
	return t, nil
}

func (t *traceState) load(row []any) error {
	sum, _, err := summaryOf(row)
	if err != nil {
		return err
	}
	t.stored, t.sum, t.before = true, sum, sum
	t.models = modelsOf(row[26])
	t.estimated, t.unpriced = intOf(row[21]), intOf(row[23])
	t.texts = bytes.Clone(bytesOf(row[27]))
	more := row[summaryColumnCount:]
	t.id, t.rootErrors, t.priced = intOf(more[0]), intOf(more[1]), intOf(more[2])
	return t.unmarshal(bytesOf(more[3]))
}

// mergeTrace takes what a batch knows of a trace itself.
func (tx *txn) mergeTrace(project int64, p *preparedTrace, pieces []draftPiece) (*traceState, error) {
	t, err := tx.trace(project, p.row.TraceID)
	if err != nil {
		return nil, err
	}
	t.words = append(t.words, p.words.text...)
	t.tell(p.words.tokens)
	row := p.row
	row.Input, row.Output, row.Metadata = nil, nil, "" // they are in the texts
	if t.texts == nil {
		t.sum.Trace = row
		t.texts = p.texts.encode(pieces)
		return t, nil
	}
	hadRoot := t.sum.HasRoot
	t.sum.Trace = store.Merge(t.sum.Trace, row)
	if p.row.HasRoot {
		return t, t.mergeTexts(p.texts.encode(pieces), hadRoot)
	}
	return t, nil
}

// tell adds tokens to the words of a trace, but for those that it is known to have.
func (t *traceState) tell(tokens []token) {
	for _, one := range tokens {
		if t.told.has(one) {
			continue
		}
		if t.told == nil {
			t.told = make(told, len(tokens))
		}
		if len(t.told) < maxTold {
			t.told[one] = struct{}{}
		}
		t.words = append(one.append(t.words), ' ')
	}
}

// mergeTexts takes the texts of a later root. What that one does not have stays, if it is of a root.
func (t *traceState) mergeTexts(blob []byte, keep bool) error {
	if bytes.Equal(t.texts, blob) {
		return nil
	}
	old, err := parseTexts(t.texts, nil)
	if err != nil {
		return err
	}
	if keep {
		later, err := parseTexts(blob, nil)
		if err != nil {
			return err
		}
		both := &texts{}
		both.take(later, old, fieldInput, fieldOutput, fieldMetadata)
		blob = both.encode()
	}
	t.orphan(old)
	t.texts = blob
	return nil
}

// orphan remembers pieces that maybe nothing in the trace holds any more, so that they are deleted with it.
func (t *traceState) orphan(old *texts) {
	for piece := range old.pieces() {
		if len(t.orphans) == 0 || t.orphans[len(t.orphans)-1] != piece {
			t.orphans = append(t.orphans, piece)
		}
	}
}

// count adds a span to the sums n times, one or minus one.
func (t *traceState) count(s *store.Span, n int64) {
	sum := &t.sum
	sum.Spans += int(n)
	if s.Status == store.StatusError {
		sum.Errors += int(n)
		if s.Root() {
			t.rootErrors += n
		}
	}
	if s.Running() {
		sum.Running += int(n)
	}
	if s.Usage != nil {
		sum.InputTokens += n * s.Usage.Input
		sum.OutputTokens += n * s.Usage.Output
		sum.CacheRead += n * s.Usage.CacheRead
		if s.Usage.Estimated {
			t.estimated += n
		}
	}
	if unpriced(s) {
		t.unpriced += n
	}
	if s.Cost != nil {
		sum.Cost += store.NanoUSD(n) * s.Cost.Total
		t.priced += n
	}
	t.countModel(s.Model, n)
	if n < 0 {
		t.staleEarliest = t.staleEarliest || !s.Start.After(sum.Earliest)
		t.staleLatest = t.staleLatest || !s.Running() && !s.End.Before(sum.Latest)
		t.staleFirstToken = t.staleFirstToken || s.TimeToFirstToken > 0 && s.TimeToFirstToken >= sum.FirstToken
		return
	}
	if sum.Earliest.IsZero() || s.Start.Before(sum.Earliest) {
		sum.Earliest = s.Start
	}
	if s.End.After(sum.Latest) {
		sum.Latest = s.End
	}
	sum.FirstToken = max(sum.FirstToken, s.TimeToFirstToken)
}

func (t *traceState) countModel(model string, n int64) {
	if model == "" {
		return
	}
	for i := range t.models {
		if t.models[i].name == model {
			t.models[i].spans += n
			return
		}
	}
	t.models = append(t.models, modelCount{model, n})
}

// finishTrace writes a trace after all that a transaction says of it.
func (tx *txn) finishTrace(t *traceState) error {
	if t.texts == nil {
		return errors.New("it has spans and no row")
	}
	if err := tx.freshen(t); err != nil {
		return err
	}
	kept := t.models[:0]
	t.sum.Models = nil
	for _, m := range t.models {
		if m.spans > 0 {
			kept = append(kept, m)
			t.sum.Models = append(t.sum.Models, m.name)
		}
	}
	t.models = kept
	t.sum.Estimated, t.sum.Unpriced = t.estimated > 0, t.unpriced > 0
	if err := tx.findAgent(t); err != nil {
		return err
	}
	t.sum.Status = t.status()
	if t.stored {
		if err := tx.countTraceTerms(t, &t.before, -1); err != nil {
			return err
		}
		tx.rollups.addTrace(t.project, &t.before, -1)
	}
	if err := tx.countTraceTerms(t, &t.sum, 1); err != nil {
		return err
	}
	tx.rollups.addTrace(t.project, &t.sum, 1)
	if err := tx.writeTerms(t, t.before.Start.UnixMicro(), t.sum.Start.UnixMicro()); err != nil {
		return err
	}
	if len(t.words) > 0 && t.docs < maxDocs {
		tx.index.traces = append(tx.index.traces, entry{t.id<<docBits | t.docs, string(t.words)})
		t.docs++
	}
	tx.now.seq++
	t.sum.Seq = tx.now.seq
	tx.changed = true
	return tx.writeTrace(t)
}

func (t *traceState) status() store.TraceStatus {
	switch {
	case !t.sum.HasRoot || t.sum.Running > 0:
		return store.TraceRunning
	case t.rootErrors > 0:
		return store.TraceFailed
	case t.sum.Errors > 0:
		return store.TraceRecovered
	}
	return store.TraceOK
}

// freshen computes extremes anew that a resend may have changed.
func (tx *txn) freshen(t *traceState) error {
	if !t.staleEarliest && !t.staleLatest && !t.staleFirstToken {
		return nil
	}
	row, err := tx.conn.first(`SELECT min(start), max("end"), max(first_token) FROM spans WHERE trace = ?`, t.id)
	if err != nil {
		return err
	}
	t.sum.Earliest, t.sum.Latest = timeOf(row[0]), timeOf(row[1])
	t.sum.FirstToken = time.Duration(intOf(row[2]))
	return nil
}

// A trace has at most so many rows in trace_words.
const (
	docBits = 20
	maxDocs = 1 << docBits
)

func (tx *txn) writeTrace(t *traceState) error {
	state, err := t.marshal()
	if err != nil {
		return err
	}
	sum := &t.sum
	args := []any{
		sum.Seq, sum.Start.UnixMicro(), sum.Name, boolValue(sum.HasRoot), textValue(sum.UserID), textValue(sum.SessionID),
		textValue(sum.Environment), textValue(sum.GitRepo), textValue(sum.GitRef), boolValue(sum.IsEvaluation),
		listValue(sum.Tags), string(sum.Status), timeValue(sum.Earliest), timeValue(sum.Latest), int64(sum.Spans),
		int64(sum.Errors), t.rootErrors, int64(sum.Running), sum.InputTokens, sum.OutputTokens, sum.CacheRead, t.estimated,
		int64(sum.Cost), t.priced, t.unpriced, int64(sum.FirstToken), textValue(sum.Agent), modelsValue(t.models), state,
		t.texts, t.id,
	}
	if t.stored {
		_, err = tx.exec(`UPDATE traces SET seq = ?, start = ?, name = ?, has_root = ?, user_id = ?, session_id = ?,
			environment = ?, git_repo = ?, git_ref = ?, evaluation = ?, tags = ?, status = ?, earliest = ?, latest = ?,
			spans = ?, errors = ?, root_errors = ?, running = ?, input_tokens = ?, output_tokens = ?, cache_read = ?,
			estimated = ?, cost = ?, priced = ?, unpriced = ?, first_token = ?, agent = ?, models = ?, state = ?, texts = ?
			WHERE id = ?`, args...)
		return err
	}
	_, err = tx.exec(`INSERT INTO traces (seq, start, name, has_root, user_id, session_id, environment, git_repo,
		git_ref, evaluation, tags, status, earliest, latest, spans, errors, root_errors, running, input_tokens,
		output_tokens, cache_read, estimated, cost, priced, unpriced, first_token, agent, models, state, texts, id,
		project, trace_id) VALUES
		(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		append(args, t.project, idValue(sum.TraceID))...)
	return err
}

// state is what the column of that name holds.
type state struct {
	Terms   []int64 `json:"t,omitempty"` // pairs of a term and its count
	Docs    int64   `json:"d,omitempty"`
	Sheets  int64   `json:"s,omitempty"`
	Agent   *agent  `json:"a,omitempty"`
	Orphans []int64 `json:"o,omitempty"`
}

func (t *traceState) marshal() ([]byte, error) {
	s := state{Docs: t.docs, Sheets: t.sheets, Orphans: t.orphans, Terms: make([]int64, 0, 2*len(t.terms))}
	if t.agent.Span != "" {
		s.Agent = &t.agent
	}
	for _, term := range t.terms {
		s.Terms = append(s.Terms, term.term, term.count)
	}
	return json.Marshal(s)
}

func (t *traceState) unmarshal(text []byte) error {
	var s state
	if err := json.Unmarshal(text, &s); err != nil {
		return fmt.Errorf("state of the trace: %w", err)
	}
	t.docs, t.sheets, t.orphans = s.Docs, s.Sheets, s.Orphans
	if s.Agent != nil {
		t.agent = *s.Agent
	}
	for i := 0; i+1 < len(s.Terms); i += 2 {
		t.terms = append(t.terms, termCount{term: s.Terms[i], count: s.Terms[i+1], was: s.Terms[i+1]})
	}
	return nil
}
