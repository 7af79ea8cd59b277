// Package deploy has what runs scalebook elsewhere: a systemd unit, a Debian package, Kubernetes manifests, Grafana's dashboards.
package deploy

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/scalebook/scalebook/testpart"
)

// TestDeploy builds the program once and puts it where each of the ways to run it would.
func TestDeploy(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program")
	}
	program := filepath.Join(t.TempDir(), "scalebook")
	build := exec.Command("go", "build", "-ldflags=-s -w", "-o", program, "../cmd/scalebook")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	t.Run("Kubernetes", func(t *testing.T) { testKubernetes(t, program) })
	t.Run("Debian package", func(t *testing.T) { testDebianPackage(t, program) })
}

// manifest is what the test holds of Kubernetes objects.
type manifest struct {
	Kind     string
	Metadata struct{ Name string }
	Spec     struct {
		Replicas int
		Strategy struct{ Type string }
		Selector any
		Ports    []struct {
			TargetPort string `yaml:"targetPort"`
		}
		Template struct {
			Metadata struct{ Labels map[string]string }
			Spec     struct {
				SecurityContext struct {
					RunAsNonRoot bool `yaml:"runAsNonRoot"`
				} `yaml:"securityContext"`
				Containers []container
				Volumes    []struct {
					Name  string
					Claim struct {
						Name string `yaml:"claimName"`
					} `yaml:"persistentVolumeClaim"`
				}
			}
		}
	}
}

type container struct {
	Args  []string
	Ports []struct {
		Name          string
		ContainerPort int `yaml:"containerPort"`
	}
	SecurityContext struct {
		ReadOnly   bool `yaml:"readOnlyRootFilesystem"`
		Escalation bool `yaml:"allowPrivilegeEscalation"`
	} `yaml:"securityContext"`
	Startup   probe                   `yaml:"startupProbe"`
	Readiness probe                   `yaml:"readinessProbe"`
	Liveness  probe                   `yaml:"livenessProbe"`
	Mounts    []struct{ Name string } `yaml:"volumeMounts"`
}

type probe struct {
	HTTPGet struct{ Path, Port string } `yaml:"httpGet"`
}

// testKubernetes holds the manifests together: names that refer to each other exist, one pod writes, nothing but the volumes
// is writable. The program is started with the pod's own arguments, and answers its probes.
func testKubernetes(t *testing.T, program string) {
	body, err := os.ReadFile("kubernetes/scalebook.yaml")
	if err != nil {
		t.Fatal(err)
	}
	objects := map[string]manifest{}
	for decoder := yaml.NewDecoder(bytes.NewReader(body)); ; {
		var m manifest
		if err := decoder.Decode(&m); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		objects[m.Kind] = m
	}
	deployment := objects["Deployment"].Spec
	pod := deployment.Template.Spec
	if deployment.Replicas != 1 || deployment.Strategy.Type != "Recreate" {
		t.Error("more than one pod may write to the data directory")
	}
	if len(pod.Containers) != 1 {
		t.Fatalf("%d containers", len(pod.Containers))
	}
	c := pod.Containers[0]
	if !pod.SecurityContext.RunAsNonRoot || !c.SecurityContext.ReadOnly || c.SecurityContext.Escalation {
		t.Error("the pod may write outside its volumes, or is root")
	}
	ports := map[string]bool{}
	for _, p := range c.Ports {
		ports[p.Name] = true
	}
	for _, p := range objects["Service"].Spec.Ports {
		if !ports[p.TargetPort] {
			t.Errorf("the service leads to port %q, which the pod lacks", p.TargetPort)
		}
	}
	for _, v := range pod.Volumes {
		if v.Claim.Name != "" && v.Claim.Name != objects["PersistentVolumeClaim"].Metadata.Name {
			t.Errorf("volume %s claims %q", v.Name, v.Claim.Name)
		}
	}
	for _, m := range c.Mounts {
		if !slices.ContainsFunc(pod.Volumes, func(v struct {
			Name  string
			Claim struct {
				Name string `yaml:"claimName"`
			} `yaml:"persistentVolumeClaim"`
		}) bool {
			return v.Name == m.Name
		}) {
			t.Errorf("no volume is called %s", m.Name)
		}
	}
	for _, p := range []probe{c.Startup, c.Readiness, c.Liveness} {
		if !ports[p.HTTPGet.Port] {
			t.Errorf("a probe asks port %q", p.HTTPGet.Port)
		}
	}
	answersProbes(t, program, c)
}

// answersProbes starts the program with a container's arguments, on free ports and another data directory.
func answersProbes(t *testing.T, program string, c container) {
	t.Helper()
	ops, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := ops.Addr().String()
	ops.Close()
	args := slices.Clone(c.Args)
	for i, a := range args {
		args[i] = map[string]string{"0.0.0.0:8080": "127.0.0.1:0", "0.0.0.0:9090": address, "/data": t.TempDir()}[a]
		if args[i] == "" {
			args[i] = a
		}
	}
	cmd := exec.Command(program, args...)
	var problems bytes.Buffer
	cmd.Stderr = &problems
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended
		_ = cmd.Wait()
	})
	for _, p := range []probe{c.Startup, c.Readiness, c.Liveness} {
		status := 0
		for range 600 {
			res, err := http.Get("http://" + address + p.HTTPGet.Path)
			if err == nil {
				res.Body.Close()
				status = res.StatusCode
			}
			if status == http.StatusOK {
				break
			}
			time.Sleep(100 * time.Millisecond) // as a kubelet does
		}
		if status != http.StatusOK {
			t.Fatalf("%s answers %d: %s", p.HTTPGet.Path, status, problems.String())
		}
	}
}

// testDebianPackage builds the package, unpacks it, and runs what is in it.
func testDebianPackage(t *testing.T, program string) {
	if _, err := exec.LookPath("dpkg-deb"); err != nil {
		testpart.Missing(t, "dpkg-deb is missing: packages can be built on Debian alone")
	}
	dir := t.TempDir()
	run := func(name string, args ...string) string {
		t.Helper()
		out, err := exec.Command(name, args...).CombinedOutput()
		if err != nil {
			t.Fatalf("%s %v: %v\n%s", name, args, err, out)
		}
		return string(out)
	}
	run("sh", "debian/build.sh", program, "0.1.0", dir)
	packages, err := filepath.Glob(filepath.Join(dir, "scalebook_0.1.0_*.deb"))
	if err != nil || len(packages) != 1 {
		t.Fatalf("packages: %q, %v", packages, err)
	}
	if listing := run("dpkg-deb", "--contents", packages[0]); strings.Count(listing, "root/root") != strings.Count(listing, "\n") {
		t.Errorf("not everything is root's:\n%s", listing)
	}
	tree := filepath.Join(dir, "tree")
	run("dpkg-deb", "--extract", packages[0], tree)
	for _, name := range []string{"usr/share/man/man1/scalebook.1.gz", "usr/share/man/man1/scalebook-serve.1.gz", "usr/share/bash-completion/completions/scalebook",
		"usr/share/zsh/vendor-completions/_scalebook", "usr/share/fish/vendor_completions.d/scalebook.fish", "usr/share/doc/scalebook/copyright"} {
		if info, err := os.Stat(filepath.Join(tree, name)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	unit, err := os.ReadFile(filepath.Join(tree, "usr/lib/systemd/system/scalebook.service"))
	if err != nil || !strings.Contains(string(unit), "ExecStart=/usr/bin/scalebook serve") {
		t.Errorf("the unit starts something else: %v\n%s", err, unit)
	}
	if out := run(filepath.Join(tree, "usr/bin/scalebook"), "--help"); !strings.Contains(out, "ingest") {
		t.Errorf("the program says %s", out)
	}
}
