package admin

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"kartyar/desk"
)

// Reading is how things stand at one moment.
type Reading struct {
	Bots       []BotReading
	Fed        time.Time // when a list was last taken in; zero for never
	StoreBytes int64
	FreeBytes  uint64 // of the store's disk
}

// BotReading is how things stand with one bot. An age is 0 when nothing waits.
type BotReading struct {
	Platform     string
	PollAge      time.Duration // since a poll was answered last, or since the start
	Inbox        int           // updates that are not done with
	InboxAge     time.Duration // of the oldest
	Alerts       int           // due now, at most ten thousand
	AlertsAge    time.Duration
	Late         int // alerts that have waited for more than a day, due now or not
	Reminders    int
	RemindersAge time.Duration
}

// Metrics are the program's numbers for Prometheus. Their labels are platforms,
// classes and outcomes alone, nothing of a person or an office.
type Metrics struct {
	registry *prometheus.Registry
	polls    *prometheus.CounterVec
	sends    *prometheus.CounterVec
	asked    *prometheus.CounterVec
	failures *prometheus.CounterVec
	aside    prometheus.Counter
	imports  *prometheus.CounterVec
	rows     *prometheus.CounterVec
	arrivals prometheus.Counter
	alerts   prometheus.Counter
}

// NewMetrics returns Metrics that look at how things stand with read, at most
// once in five seconds.
func NewMetrics(version, commit string, read func(ctx context.Context) Reading) *Metrics {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
	}
	counters := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	}
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		polls:    counters("kartyar_polls_total", "Polls by outcome: ok or the kind of error.", "platform", "outcome"),
		sends:    counters("kartyar_sends_total", "Messages sent, by class (reply, alert, reminder) and outcome: ok or the kind of error.", "platform", "class", "outcome"),
		asked:    counters("kartyar_verifications_total", "Pairs of national code and phone that were asked for: verified, waiting or full.", "outcome"),
		failures: counters("kartyar_update_failures_total", "Times that an update could not be handled, by reason: undecodable, error, panic.", "platform", "reason"),
		aside:    counter("kartyar_updates_set_aside_total", "Updates that were set aside after three tries."),
		imports:  counters("kartyar_imports_total", "Lists taken in, by outcome: ok or failed.", "outcome"),
		rows:     counters("kartyar_import_rows_total", "Rows of lists, by outcome: applied, unchanged, refused.", "outcome"),
		arrivals: counter("kartyar_import_arrivals_total", "Cards that came to an office, by the lists."),
		alerts:   counter("kartyar_import_alerts_total", "Alerts that lists gave rise to."),
	}
	// A series that is there from the start can be alerted on.
	for _, outcome := range []string{"verified", "waiting", "full"} {
		m.asked.WithLabelValues(outcome)
	}
	for _, outcome := range []string{"applied", "unchanged", "refused"} {
		m.rows.WithLabelValues(outcome)
	}
	for _, outcome := range []string{"ok", "failed"} {
		m.imports.WithLabelValues(outcome)
	}
	build := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "kartyar_build_info", Help: "1, with the version and the commit.",
		ConstLabels: prometheus.Labels{"version": version, "commit": commit},
	}, func() float64 { return 1 })
	m.registry.MustRegister(m.polls, m.sends, m.asked, m.failures, m.aside, m.imports, m.rows, m.arrivals, m.alerts, build,
		&readings{read: read}, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Handler answers with all of them.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// Serves names a platform that is served, so that its series are there from the
// start.
func (m *Metrics) Serves(platform string) {
	for _, outcome := range []string{"ok", "conflict"} {
		m.polls.WithLabelValues(platform, outcome)
	}
	for _, class := range []string{"reply", "alert", "reminder"} {
		m.sends.WithLabelValues(platform, class, "ok")
	}
	for _, reason := range []string{"undecodable", "error", "panic"} {
		m.failures.WithLabelValues(platform, reason)
	}
}

// Polled counts a poll.
func (m *Metrics) Polled(platform, outcome string) { m.polls.WithLabelValues(platform, outcome).Inc() }

// Sent counts a message.
func (m *Metrics) Sent(platform, class, outcome string) {
	m.sends.WithLabelValues(platform, class, outcome).Inc()
}

// Asked counts a pair of code and phone.
func (m *Metrics) Asked(outcome string) { m.asked.WithLabelValues(outcome).Inc() }

// Tried counts an update that could not be handled.
func (m *Metrics) Tried(platform, reason string, aside bool) {
	m.failures.WithLabelValues(platform, reason).Inc()
	if aside {
		m.aside.Inc()
	}
}

// Imported counts a list and its rows.
func (m *Metrics) Imported(r desk.ImportReport, failed bool) {
	outcome := "ok"
	if failed {
		outcome = "failed"
	}
	m.imports.WithLabelValues(outcome).Inc()
	for outcome, rows := range map[string]int{"applied": r.Applied, "unchanged": r.Unchanged, "refused": r.Refused} {
		m.rows.WithLabelValues(outcome).Add(float64(rows))
	}
	m.arrivals.Add(float64(r.Arrivals))
	m.alerts.Add(float64(r.Alerts))
}

// readings are the numbers that are looked up when they are asked for.
type readings struct {
	read func(context.Context) Reading

	mu   sync.Mutex
	at   time.Time
	last Reading
}

const (
	readAgain = 5 * time.Second  // a crowd of scrapers costs one look
	readMost  = 10 * time.Second // for one look
)

func gauge(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(name, help, labels, nil)
}

var (
	pollAge   = gauge("kartyar_poll_age_seconds", "Since a poll was answered last, or since the start.", "platform")
	inboxNow  = gauge("kartyar_inbox_updates", "Updates that are not done with.", "platform")
	inboxAge  = gauge("kartyar_inbox_oldest_seconds", "The age of the oldest of them; 0 when there is none.", "platform")
	outboxNow = gauge("kartyar_outbox_due", "Messages that are due now, at most 10000; what waits for its day is not counted.", "platform", "class")
	outboxAge = gauge("kartyar_outbox_oldest_seconds", "How long the first of them has been due; 0 when there is none.", "platform", "class")
	lateNow   = gauge("kartyar_outbox_late", "Alerts that have waited for more than a day, as of the last hour; one that is refused is due again later and later, and counts here all the same.", "platform")
	fedAt     = gauge("kartyar_last_import_timestamp_seconds", "When a list was last taken in; 0 for never.")
	storeSize = gauge("kartyar_store_bytes", "What the store takes on the disk.")
	freeSpace = gauge("kartyar_disk_free_bytes", "Free space of the store's disk.")
)

// Describe is prometheus.Collector's.
func (r *readings) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{pollAge, inboxNow, inboxAge, outboxNow, outboxAge, lateNow, fedAt, storeSize, freeSpace} {
		to <- d
	}
}

// Collect is prometheus.Collector's.
func (r *readings) Collect(to chan<- prometheus.Metric) {
	now := r.look()
	put := func(d *prometheus.Desc, value float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	put(storeSize, float64(now.StoreBytes))
	put(freeSpace, float64(now.FreeBytes))
	if now.Fed.IsZero() {
		put(fedAt, 0)
	} else {
		put(fedAt, float64(now.Fed.Unix()))
	}
	for _, b := range now.Bots {
		put(pollAge, b.PollAge.Seconds(), b.Platform)
		put(inboxNow, float64(b.Inbox), b.Platform)
		put(inboxAge, b.InboxAge.Seconds(), b.Platform)
		put(outboxNow, float64(b.Alerts), b.Platform, "alert")
		put(outboxAge, b.AlertsAge.Seconds(), b.Platform, "alert")
		put(lateNow, float64(b.Late), b.Platform)
		put(outboxNow, float64(b.Reminders), b.Platform, "reminder")
		put(outboxAge, b.RemindersAge.Seconds(), b.Platform, "reminder")
	}
}

func (r *readings) look() Reading {
	r.mu.Lock()
	defer r.mu.Unlock()
	if time.Since(r.at) >= readAgain {
		ctx, cancel := context.WithTimeout(context.Background(), readMost)
		defer cancel()
		r.last, r.at = r.read(ctx), time.Now()
	}
	return r.last
}
