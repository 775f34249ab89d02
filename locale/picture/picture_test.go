package picture

import (
	"bytes"
	"flag"
	"image"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"kartyar/locale"
)

var update = flag.Bool("update", false, "rewrite the golden pictures; look at them afterwards")

func drawer(t testing.TB) *Drawer {
	t.Helper()
	d, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func facts(t testing.TB, w locale.Way) []byte {
	t.Helper()
	b, err := w.Facts()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// most is how large a picture may be, in bytes: it is looked at on a bad
// network.
const most = 60 << 10

// The golden files are the pictures as a reviewer saw them.
func TestPicturesAreAsReviewed(t *testing.T) {
	d, ways := drawer(t), locale.SampleWays()
	for _, name := range slices.Sorted(maps.Keys(ways)) {
		got, err := d.PNG(facts(t, ways[name]))
		if err != nil {
			t.Fatal(err)
		}
		if len(got) > most {
			t.Errorf("%s: %d bytes", name, len(got))
		}
		golden := filepath.Join("testdata", strings.ReplaceAll(name, " ", "-")+".png")
		if *update {
			if err := os.WriteFile(golden, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if !samePixels(t, want, got) {
			t.Errorf("%s differs from the reviewed picture (-update after looking)", name)
		}
	}
}

func samePixels(t *testing.T, a, b []byte) bool {
	t.Helper()
	first, second := decode(t, a), decode(t, b)
	if first.Bounds() != second.Bounds() {
		return false
	}
	for y := range first.Bounds().Dy() {
		for x := range first.Bounds().Dx() {
			if first.At(x, y) != second.At(x, y) {
				return false
			}
		}
	}
	return true
}

func decode(t *testing.T, b []byte) image.Image {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// No text leaves the picture: its outermost columns stay white below the band.
func TestNothingLeavesThePicture(t *testing.T) {
	d := drawer(t)
	w := locale.SampleWays()["everything"]
	long := strings.Repeat("پیشخوانِ‌خدمات", 30) + strings.Repeat("W", 80)
	for i := range w.Steps {
		w.Steps[i].Name, w.Steps[i].Status, w.Steps[i].Says = long, long, []string{long, "", "🙂 \u2068(12)\u2069"}
	}
	w.Fresh = long
	b, err := d.PNG(facts(t, w))
	if err != nil {
		t.Fatal(err)
	}
	img := decode(t, b)
	for y := band; y < img.Bounds().Dy(); y++ {
		for _, x := range []int{0, width - 1} {
			if r, g, b, _ := img.At(x, y).RGBA(); r+g+b != 3*0xffff {
				t.Fatalf("something is drawn at %d, %d", x, y)
			}
		}
	}
}

func TestManyDrawAtOnce(t *testing.T) {
	d, ways := drawer(t), locale.SampleWays()
	want, err := drawer(t).PNG(facts(t, ways["ready"]))
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for _, w := range ways {
		all.Go(func() {
			if _, err := d.PNG(facts(t, w)); err != nil {
				t.Error(err)
			}
			if got, err := d.PNG(facts(t, ways["ready"])); err != nil || !bytes.Equal(got, want) {
				t.Errorf("a picture drawn among others differs (%v)", err)
			}
		})
	}
	all.Wait()
}

// The same way is drawn once, whoever asks; another is another picture.
func TestPicturesAreKeptByContent(t *testing.T) {
	d, w := drawer(t), locale.SampleWays()["ready"]
	first, err := d.PNG(facts(t, w))
	if err != nil {
		t.Fatal(err)
	}
	again, err := d.PNG(facts(t, w))
	if err != nil || &again[0] != &first[0] {
		t.Errorf("a way was drawn twice (%v)", err)
	}
	w.Fresh += " ساعت ۱۱:۰۰"
	if other, err := d.PNG(facts(t, w)); err != nil || bytes.Equal(other, first) {
		t.Errorf("another way has the same picture (%v)", err)
	}
}

func TestWhatIsNoWay(t *testing.T) {
	if _, err := drawer(t).PNG([]byte{0xff}); err == nil {
		t.Error("a picture was drawn of nothing")
	}
	if _, err := drawer(t).PNG(facts(t, locale.Way{})); err != nil {
		t.Error(err)
	}
}

func BenchmarkPNG(b *testing.B) {
	d := drawer(b)
	for _, name := range []string{"ready", "everything"} {
		kept := facts(b, locale.SampleWays()[name])
		b.Run(name, func(b *testing.B) {
			var size int
			for b.Loop() {
				d.drawn.Purge()
				drawn, err := d.PNG(kept)
				if err != nil {
					b.Fatal(err)
				}
				size = len(drawn)
			}
			b.ReportMetric(float64(size), "bytes/picture")
			b.ReportMetric(float64(len(kept)), "bytes/facts")
		})
	}
}
