package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// nginxConfig is nginx at its best for this work: a worker per core, open files kept, no log, ready-made gzip.
const nginxConfig = `%[4]sdaemon off;
worker_processes auto;
pid %[1]s/pid;
error_log %[1]s/error.log crit;
events { worker_connections 1024; }
http {
	access_log off;
	sendfile on;
	tcp_nopush on;
	keepalive_requests 1000000000;
	open_file_cache max=100;
	gzip_static on;
	gzip_vary on;
	client_body_temp_path %[1]s/body;
	proxy_temp_path %[1]s/proxy;
	fastcgi_temp_path %[1]s/fastcgi;
	uwsgi_temp_path %[1]s/uwsgi;
	scgi_temp_path %[1]s/scgi;
	server {
		listen 127.0.0.1:%[2]d;
		root %[1]s/files;
%[3]s	}
}
`

// nginx serves pages as static files, each also compressed beforehand, under their names.
type nginx struct {
	cmd *exec.Cmd
	url string
}

func startNginx(ctx context.Context, dir string, plain, gzip map[string]page) (*nginx, error) {
	if err := os.MkdirAll(filepath.Join(dir, "files"), 0o755); err != nil {
		return nil, err
	}
	var types strings.Builder
	for name, p := range plain {
		path := filepath.Join(dir, "files", name)
		if err := os.WriteFile(path, p.body, 0o644); err != nil {
			return nil, err
		}
		if err := os.WriteFile(path+".gz", gzip[name].body, 0o644); err != nil {
			return nil, err
		}
		fmt.Fprintf(&types, "\t\tlocation = /%s { default_type %q; }\n", name, p.contentType)
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	user := ""
	if os.Geteuid() == 0 {
		user = "user root;\n" // the workers of root's nginx would be another user, who can't read temporary folders
	}
	config := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(config, fmt.Appendf(nil, nginxConfig, dir, port, types.String(), user), 0o644); err != nil {
		return nil, err
	}
	n := &nginx{cmd: exec.CommandContext(ctx, "nginx", "-c", config, "-p", dir), url: fmt.Sprintf("http://127.0.0.1:%d", port)}
	n.cmd.Stderr = os.Stderr
	n.cmd.Cancel = func() error { return n.cmd.Process.Signal(os.Interrupt) } // the master ends its workers
	if err := n.cmd.Start(); err != nil {
		return nil, err
	}
	for wait := time.Millisecond; wait < 5*time.Second; wait *= 2 {
		res, err := http.Get(n.url)
		if err == nil {
			return n, res.Body.Close()
		}
		time.Sleep(wait)
	}
	n.stop()
	return nil, fmt.Errorf("nginx does not answer at %s", n.url)
}

func (n *nginx) stop() {
	_ = n.cmd.Process.Signal(os.Interrupt) // it may have ended by itself
	_ = n.cmd.Wait()                       // ended by a signal
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
