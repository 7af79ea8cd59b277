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

	"github.com/scalebook/scalebook/metrics/influx/influxtest"
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
	t.Run("Kubernetes, readers", func(t *testing.T) { testKubernetesReaders(t, program) })
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
				Volumes    []volume
			}
		}
		ServiceName string                                     `yaml:"serviceName"`
		Claims      []struct{ Metadata struct{ Name string } } `yaml:"volumeClaimTemplates"`
	}
	Data map[string]string
}

type volume struct {
	Name      string
	ConfigMap struct{ Name string } `yaml:"configMap"`
	Claim     struct {
		Name string `yaml:"claimName"`
	} `yaml:"persistentVolumeClaim"`
}

type container struct {
	Args    []string
	EnvFrom []struct {
		ConfigMap struct{ Name string } `yaml:"configMapRef"`
	} `yaml:"envFrom"`
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
	objects := map[string]manifest{}
	for name, m := range readManifests(t, "kubernetes/scalebook.yaml") {
		kind, _, _ := strings.Cut(name, "/")
		objects[kind] = m
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
		if !slices.ContainsFunc(pod.Volumes, func(v volume) bool {
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

// readManifests reads the objects of a file by kind and name.
func readManifests(t *testing.T, file string) map[string]manifest {
	t.Helper()
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	objects := map[string]manifest{}
	for decoder := yaml.NewDecoder(bytes.NewReader(body)); ; {
		var m manifest
		if err := decoder.Decode(&m); errors.Is(err, io.EOF) {
			return objects
		} else if err != nil {
			t.Fatal(err)
		}
		name := m.Kind + "/" + m.Metadata.Name
		if _, twice := objects[name]; twice || m.Kind == "" || m.Metadata.Name == "" {
			t.Errorf("%s: object %q", file, name)
		}
		objects[name] = m
	}
}

// testKubernetesReaders holds the manifests of one ingester and its readers together: who ingests is one pod and gets no request, the service
// leads to the readers, all of them take the same stores from the same place, nothing but volumes is writable. An ingester and a reader are
// started with their pods' arguments on a bucket in a folder, and answer their probes.
func testKubernetesReaders(t *testing.T, program string) {
	objects := readManifests(t, "kubernetes/readers.yaml")
	for name, m := range objects {
		if m.Kind == "HorizontalPodAutoscaler" || m.Kind == "Deployment" {
			t.Errorf("%s is not what this file is to have", name)
		}
	}
	ingester, readers := objects["StatefulSet/scalebook-ingester"], objects["StatefulSet/scalebook-reader"]
	if ingester.Spec.Replicas != 1 || readers.Spec.Replicas < 2 {
		t.Errorf("%d ingesters, %d readers", ingester.Spec.Replicas, readers.Spec.Replicas)
	}
	component := func(m manifest) string { return m.Spec.Template.Metadata.Labels["app.kubernetes.io/component"] }
	selects := func(m manifest) string {
		selector, _ := m.Spec.Selector.(map[string]any)
		if labels, ok := selector["matchLabels"].(map[string]any); ok {
			selector = labels
		}
		text, _ := selector["app.kubernetes.io/component"].(string)
		return text
	}
	if got := selects(objects["Service/scalebook"]); got != "reader" || component(readers) != "reader" || component(ingester) != "ingester" {
		t.Errorf("requests go to %q", got)
	}
	if selects(objects["PodDisruptionBudget/scalebook-reader"]) != "reader" {
		t.Error("nothing keeps readers from being drained together")
	}
	for _, m := range []manifest{ingester, readers} {
		pod := m.Spec.Template.Spec
		if len(pod.Containers) != 1 {
			t.Fatalf("%s: %d containers", m.Metadata.Name, len(pod.Containers))
		}
		c := pod.Containers[0]
		if !pod.SecurityContext.RunAsNonRoot || !c.SecurityContext.ReadOnly || c.SecurityContext.Escalation {
			t.Errorf("%s may write outside its volumes, or is root", m.Metadata.Name)
		}
		if selects(m) != component(m) || objects["Service/"+m.Spec.ServiceName].Kind == "" {
			t.Errorf("%s selects other pods, or its service %q is missing", m.Metadata.Name, m.Spec.ServiceName)
		}
		ports := map[string]bool{}
		for _, p := range c.Ports {
			ports[p.Name] = true
		}
		for _, p := range []probe{c.Startup, c.Readiness, c.Liveness} {
			if !ports[p.HTTPGet.Port] {
				t.Errorf("%s: a probe asks port %q", m.Metadata.Name, p.HTTPGet.Port)
			}
		}
		for name, service := range objects {
			for _, p := range service.Spec.Ports {
				if !ports[p.TargetPort] {
					t.Errorf("%s leads to port %q", name, p.TargetPort)
				}
			}
		}
		volumes := map[string]bool{}
		for _, v := range pod.Volumes {
			volumes[v.Name] = true
			if v.ConfigMap.Name != "" && objects["ConfigMap/"+v.ConfigMap.Name].Data == nil {
				t.Errorf("%s: volume %s is of %q", m.Metadata.Name, v.Name, v.ConfigMap.Name)
			}
		}
		for _, claim := range m.Spec.Claims {
			volumes[claim.Metadata.Name] = true
		}
		for _, mount := range c.Mounts {
			if !volumes[mount.Name] {
				t.Errorf("%s: no volume is called %s", m.Metadata.Name, mount.Name)
			}
		}
		for _, from := range c.EnvFrom {
			if name := from.ConfigMap.Name; name != "" && (objects["ConfigMap/"+name].Data["SCALEBOOK_BUCKET"] == "" || objects["ConfigMap/"+name].Data["SCALEBOOK_METRICS"] != "influx") {
				t.Errorf("%s takes its stores from %q", m.Metadata.Name, name)
			}
		}
		if publishes := slices.Contains(c.Args, "--config"); publishes != (component(m) == "ingester") || len(c.EnvFrom) == 0 {
			t.Errorf("%s: publishes %v", m.Metadata.Name, publishes)
		}
	}
	sources := filepath.Join(t.TempDir(), "sources.yaml")
	if err := os.WriteFile(sources, []byte(objects["ConfigMap/scalebook-sources"].Data["sources.yaml"]), 0o644); err != nil {
		t.Fatal(err)
	}
	influx := influxtest.Start(t)
	environment := []string{"SCALEBOOK_BUCKET=file://" + t.TempDir(), "SCALEBOOK_METRICS=influx", "SCALEBOOK_INFLUX_URL=" + influx.URL,
		"SCALEBOOK_INFLUX_TOKEN=" + influx.Token, "SCALEBOOK_INFLUX_BUCKET=" + influx.Database(t)}
	for _, m := range []manifest{ingester, readers} { // the reader needs what the ingester has published
		c := m.Spec.Template.Spec.Containers[0]
		for i, a := range c.Args {
			if a == "/etc/scalebook/sources.yaml" {
				c.Args[i] = sources
			}
		}
		answersProbes(t, program, c, environment...)
	}
}

// answersProbes starts the program with a container's arguments, on free ports and another data directory.
func answersProbes(t *testing.T, program string, c container, environment ...string) {
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
	cmd.Env = append(os.Environ(), environment...)
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
