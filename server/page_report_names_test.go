package server

import "testing"

// TestNamesWithinReports names each table by the heading over it, and has no heading read out with the link to itself.
func TestNamesWithinReports(t *testing.T) {
	for _, x := range []struct{ html, want string }{
		{`<table id="a"><tr></tr></table>`, `<table id="a" aria-labelledby="t:"><tr></tr></table>`},
		{`<h2 id="x">R &amp; D <b>"now"</b></h2><p>p</p><table>`, `<h2 id="x" aria-labelledby="t:x"><a class="anchor" href="#x" aria-label="Address of this section: R &amp; D &#34;now&#34;">#</a>` +
			`<span id="t:x">R &amp; D <b>"now"</b></span></h2><p>p</p><table aria-labelledby="t:x">`},
		{`<h5 id="y">e</h5><table>`, `<h5 id="y" aria-labelledby="t:y"><a class="anchor" href="#y" aria-label="Address of this section: e">#</a><span id="t:y">e</span></h5>` +
			`<table aria-labelledby="t:y">`},
		{`<h3>no id</h3><table class="c">`, `<h3>no id</h3><table class="c">`},
	} {
		if got := withTableNames(withAnchors(x.html, "en"), headingText); got != x.want {
			t.Errorf("%s\n got %s\nwant %s", x.html, got, x.want)
		}
	}
}
