package bench

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"runtime/pprof"
	"runtime/trace"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"kartyar/app"
)

// partName has the test binary be a part of a benchmark instead: the platform,
// or a bot whose processor time is its own.
const partName = "KARTYAR_BENCH_PART"

func TestMain(m *testing.M) {
	stayOnCore()
	name := os.Getenv(partName)
	if name == "" {
		os.Exit(m.Run())
	}
	if isOurs(name) {
		app.ShortTurns()
		defer asServed()()
	}
	switch name {
	case "platform":
		servePlatform()
	case "fan-out", "bare":
		serveAlerts(name, os.Getenv("KARTYAR_BENCH_API"), os.Getenv("KARTYAR_BENCH_STORE"))
	case "loaded":
		serveLoaded(os.Getenv("KARTYAR_BENCH_LOAD"), os.Getenv("KARTYAR_BENCH_API"), os.Getenv("KARTYAR_BENCH_STORE"))
	default:
		serveBot(name, os.Getenv("KARTYAR_BENCH_API"), os.Getenv("KARTYAR_BENCH_STORE"))
	}
}

// part is a process that a benchmark started.
type part struct {
	first string // the first line that it said
	in    io.WriteCloser
	out   *bufio.Reader
}

// threadsOf is how many threads a part computes with on its one core: as many as
// Go takes by itself, and of ours as the program has there.
func threadsOf(name string) int {
	if isOurs(name) {
		return app.Threads(1)
	}
	return 1
}

// isOurs reports whether a part is the program.
func isOurs(name string) bool { return name == "kartyar" || name == "fan-out" || name == "loaded" }

// startPart starts a part on one core and waits for its first line.
func startPart(b *testing.B, core int, name string, env ...string) (p *part, stop func()) {
	b.Helper()
	self, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(append(os.Environ(), partName+"="+name, "GOMAXPROCS="+strconv.Itoa(threadsOf(name)), "KARTYAR_BENCH_CORE="+strconv.Itoa(core%runtime.NumCPU())), env...)
	cmd.Stderr = os.Stderr
	p = &part{}
	if p.in, err = cmd.StdinPipe(); err != nil {
		b.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	p.out = bufio.NewReader(stdout)
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	p.first = p.line(b)
	return p, func() {
		_ = p.in.Close()
		if err := cmd.Wait(); err != nil {
			b.Error(err)
		}
	}
}

func (p *part) line(b *testing.B) string {
	b.Helper()
	line, err := p.out.ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	return strings.TrimSpace(line)
}

// used is what the part has used until now.
func (p *part) used(b *testing.B) (u usage) {
	b.Helper()
	if _, err := io.WriteString(p.in, "\n"); err != nil {
		b.Fatal(err)
	}
	if err := json.Unmarshal([]byte(p.line(b)), &u); err != nil {
		b.Fatal(err)
	}
	return u
}

// usage is what a part has used.
type usage struct {
	CPU     time.Duration
	Kernel  time.Duration // of CPU
	Commits uint64        // synced commits of its store
	Bytes   uint64        // taken from the heap
	Objects uint64        // these are, in number
	Loaded  bool          // what it was told to do meanwhile is under way
}

func (u usage) since(before usage) usage {
	return usage{u.CPU - before.CPU, u.Kernel - before.Kernel, u.Commits - before.Commits, u.Bytes - before.Bytes, u.Objects - before.Objects, u.Loaded}
}

// account says what the part has used at each line that it is sent, until
// standard input ends. After the first it calls begin, which may be nil, and a
// profile begins.
func account(counts func() usage, begin func()) {
	profiled := func() {}
	defer func() { profiled() }()
	lines := bufio.NewScanner(os.Stdin)
	for first := true; lines.Scan(); first = false {
		var used unix.Rusage
		_ = unix.Getrusage(unix.RUSAGE_SELF, &used)
		until := counts()
		until.Kernel = time.Duration(used.Stime.Nano())
		until.CPU = until.Kernel + time.Duration(used.Utime.Nano())
		var memory runtime.MemStats
		runtime.ReadMemStats(&memory)
		until.Bytes, until.Objects = memory.TotalAlloc, memory.Mallocs
		line, _ := json.Marshal(until)
		fmt.Fprintln(os.Stdout, string(line))
		if first {
			profiled = profile()
			if begin != nil {
				begin()
			}
		}
	}
}

// stayOnCore keeps the process on the core that its starter chose. It is done
// by the binary itself, before it has many threads.
func stayOnCore() {
	core, err := strconv.Atoi(os.Getenv("KARTYAR_BENCH_CORE"))
	if err != nil {
		return
	}
	var set unix.CPUSet
	set.Set(core)
	tasks, _ := os.ReadDir("/proc/self/task")
	for _, task := range tasks {
		id, _ := strconv.Atoi(task.Name())
		_ = unix.SchedSetaffinity(id, &set)
	}
}

// partNumber is a number that the part's starter gave under a name.
func partNumber(name string) int {
	n, err := strconv.Atoi(os.Getenv("KARTYAR_BENCH_" + name))
	if err != nil {
		panic(err)
	}
	return n
}

// ask has chats ask n times in all, at a rate a second (0: all at once), and
// waits for the answers.
func ask(b *testing.B, api string, n, chats, rate int) (took times) {
	b.Helper()
	get(b, fmt.Sprintf("%s/bench/ask?n=%d&chats=%d&rate=%d", api, n, chats, rate), &took)
	return took
}

func get(b *testing.B, url string, into any) {
	b.Helper()
	resp, err := http.Get(url)
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(into); err != nil {
		b.Fatal(err)
	}
}

// profile writes a processor profile of the part to KARTYAR_BENCH_PROFILE, its
// name and its process, when that is set, until the returned function is called;
// an execution trace to KARTYAR_BENCH_TRACE, and what was taken from the heap and
// by whom to KARTYAR_BENCH_HEAP. pprof takes the profiles of several turns
// together.
func profile() (stop func()) {
	stopProfile := recorded("KARTYAR_BENCH_PROFILE", pprof.StartCPUProfile, pprof.StopCPUProfile)
	stopTrace := recorded("KARTYAR_BENCH_TRACE", trace.Start, trace.Stop)
	var heap io.Writer
	stopHeap := recorded("KARTYAR_BENCH_HEAP", func(to io.Writer) error {
		heap, runtime.MemProfileRate = to, 512
		return nil
	}, func() {
		runtime.GC() // the profile is as of the last one
		_ = pprof.Lookup("allocs").WriteTo(heap, 0)
	})
	return func() {
		stopTrace()
		stopProfile()
		stopHeap()
	}
}

func recorded(variable string, start func(io.Writer) error, end func()) (stop func()) {
	path := os.Getenv(variable)
	if path == "" {
		return func() {}
	}
	file, err := os.Create(path + "." + os.Getenv(partName) + "." + strconv.Itoa(os.Getpid()))
	if err == nil {
		err = start(file)
	}
	if err != nil {
		panic(err)
	}
	return func() {
		end()
		_ = file.Close()
	}
}
