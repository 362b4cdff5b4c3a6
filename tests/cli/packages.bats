#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# How the program reaches others: the Debian package, the container, the GitHub Action, a release.

# shellcheck disable=SC2154,SC2030,SC2031 # bats sets status and output; each test is a subshell
load ../lib
load cli

setup() {
  begin
  cd "$SOURCE_ROOT" || return
}

teardown() {
  [ -z "${serving-}" ] || kill "$serving" 2>/dev/null || true
  end
}

# Without optimisation, that of mechanisms included, which is most of the time that it takes; scripts/release builds the
# real one.
@test "the Debian package is built, passes lintian, and what it installs runs" {
  local tool
  for tool in dh dpkg-buildpackage lintian; do
    command -v $tool >/dev/null || skip "$tool is not installed (scripts/install-deps package)"
  done
  # shellcheck disable=SC2016 # for the script
  printf '#!/bin/sh\nexec gcc "$@" -O0 -g0\n' >"$BATS_TEST_TMPDIR/cc"
  chmod +x "$BATS_TEST_TMPDIR/cc"
  CC=$BATS_TEST_TMPDIR/cc DEB_BUILD_OPTIONS="noopt noautodbgsym" DEBEMAIL=j@example.org DEBFULLNAME="J. O'Neill" \
    run scripts/package "$SOURCE_ROOT" "$BATS_TEST_TMPDIR/out"
  [ "$status" -eq 0 ] || {
    say "$output"
    return 1
  }
  # whoever has the package can build a mechanism, and gets what the program is linked with
  dpkg-deb -c "$BATS_TEST_TMPDIR"/out/*.deb >"$OUT"
  grep -q '/usr/include/ipcbench/transport.h$' "$OUT"
  grep -q '/pkgconfig/ipcbench.pc$' "$OUT"
  dpkg-deb -f "$BATS_TEST_TMPDIR"/out/*.deb Depends | grep -q libhwloc
  same "J. O'Neill <j@example.org>" "$(dpkg-deb -f "$BATS_TEST_TMPDIR"/out/*.deb Maintainer)"
}

@test "a package of two versions is refused" {
  mkdir -p "$BATS_TEST_TMPDIR/tree"
  cp -r packaging meson.build "$BATS_TEST_TMPDIR/tree"
  sed -i "s/^  version: .*/  version: '7.0',/" "$BATS_TEST_TMPDIR/tree/meson.build"
  for tool in dh dpkg-buildpackage lintian; do
    command -v $tool >/dev/null || skip "$tool is not installed (scripts/install-deps package)"
  done
  run scripts/package "$BATS_TEST_TMPDIR/tree"
  [ "$status" -eq 1 ]
  says "meson.build has version 7.0, packaging/debian/changelog $("$IPCBENCH" --version | cut -d' ' -f2); change one"
  run scripts/package "$BATS_TEST_TMPDIR"
  [ "$status" -eq 1 ]
  says "not a source tree of ipcbench"
}

# ---- the GitHub Action --------------------------------------------------------------------------

@test "the action is YAML whose steps are clean shell, with inputs that it declares" {
  python3 -c 'import yaml' 2>/dev/null || skip "python3-yaml is not installed"
  command -v shellcheck >/dev/null || skip "shellcheck is not installed"
  python3 - "$BATS_TEST_TMPDIR" <<-'END'
	import re, sys, yaml
	action = yaml.safe_load(open("action.yml"))
	assert action["runs"]["using"] == "composite"
	steps = action["runs"]["steps"]
	for n, step in enumerate(steps):
	    # what others type stays out of the text that the shell reads
	    assert step["shell"] == "bash" and "${{" not in step["run"], step
	    open(f"{sys.argv[1]}/step-{n}.sh", "w").write("#!/bin/bash\n" + step["run"])
	text = open("action.yml").read()
	assert set(re.findall(r"inputs\.([a-z]+)", text)) == set(action["inputs"])
	assert set(re.findall(r"steps\.([a-z]+)", text)) == {s["id"] for s in steps if "id" in s}
	assert len(steps) == 3
	END
  shellcheck "$BATS_TEST_TMPDIR"/step-*.sh
}

# steps STATUS: runs the steps of the action as GitHub does, with a gate that ends with this status.
steps() {
  local n
  mkdir -p "$BATS_TEST_TMPDIR/repository/scripts"
  cd "$BATS_TEST_TMPDIR/repository" || return
  cp "$SOURCE_ROOT/scripts/ci-comment" scripts
  # shellcheck disable=SC2016 # for the script
  printf '#!/bin/bash\nprintf "%%s\\n" "$@" >gate.args\nmkdir -p build/gate\necho "| a table |" >build/gate/table.md\nexit %s\n' "$1" >scripts/ci-gate
  chmod +x scripts/ci-gate
  python3 -c '
import sys, yaml
for n, step in enumerate(yaml.safe_load(open(sys.argv[1]))["runs"]["steps"]):
    open(f"step-{n}", "w").write(step["run"])' "$SOURCE_ROOT/action.yml"
  export HOME=$PWD GITHUB_OUTPUT=$PWD/output GITHUB_STEP_SUMMARY=$PWD/summary
  touch output summary
  truncate -s 0 output summary
  status=0
  for n in 0 1 2; do
    STATUS=$(sed -n 's/^status=//p' output) bash -e -o pipefail "step-$n" || status=$?
    [ "$status" -eq 0 ] || return 0
  done
}

@test "the action ends as the gate does, and always shows the table" {
  python3 -c 'import yaml' 2>/dev/null || skip "python3-yaml is not installed"
  export BASE='' BRANCH=main OPTIONS='--transport pipe
    --size 64' LENIENT=true GITHUB_TOKEN='' PULL_REQUEST=''
  steps 0
  same 0 "$status"
  same "origin/main --transport pipe --size 64" "$(xargs <gate.args)"
  steps 1
  same 1 "$status"
  grep -q '| a table |' summary
  BRANCH='' OPTIONS='' steps 3
  same 0 "$status"
  same "HEAD^" "$(xargs <gate.args)"
  LENIENT=false BASE=v1 steps 3
  same 3 "$status"
  same "v1 --transport pipe --size 64" "$(xargs <gate.args)"
  # what others name is neither run nor expanded
  # shellcheck disable=SC2016
  BASE='' BRANCH='$(touch planted)`touch planted`"; touch planted #' OPTIONS='* $(touch planted)' steps 0
  # shellcheck disable=SC2016
  same 'origin/$(touch planted)`touch planted`"; touch planted #|*|$(touch|planted)' "$(paste -sd '|' gate.args)"
  [ ! -e planted ]
  # a refused comment leaves the verdict as it is
  export GITHUB_TOKEN=t PULL_REQUEST=7 GITHUB_REPOSITORY=a/b GITHUB_API_URL=http://127.0.0.1:9
  steps 0
  same 0 "$status"
}

# server: GitHub as far as comments go; keeps them in $BATS_TEST_TMPDIR/comments.json. `secret` is the token of a workflow,
# `fork` that of one for a fork, `personal` that of a person.
server() {
  cat >"$BATS_TEST_TMPDIR/server.py" <<-'END'
	import http.server, json, re, sys
	store = sys.argv[1] + "/comments.json"
	writers = {"Bearer secret": "github-actions[bot]", "Bearer fork": "github-actions[bot]", "Bearer personal": "maintainer"}
	comments = [{"id": n, "user": {"login": "someone"}, "body": "a person's words"} for n in range(101)]
	comments[50]["body"] = comments[100]["body"] = "<!-- ipcbench gate -->\nPASS, says someone"
	class Api(http.server.BaseHTTPRequestHandler):
	    def answer(self, code, what):
	        json.dump(comments, open(store, "w"))
	        text = json.dumps(what).encode()
	        self.send_response(code)
	        self.send_header("Content-Length", str(len(text)))
	        self.end_headers()
	        self.wfile.write(text)
	    def body(self):
	        return json.loads(self.rfile.read(int(self.headers["Content-Length"])))["body"]
	    def do_GET(self):
	        who = writers.get(self.headers["Authorization"])
	        if not who:
	            return self.answer(401, {})
	        if self.path == "/user":
	            return self.answer(200 if who == "maintainer" else 403, {"login": who})
	        page = int(re.fullmatch(r"/repos/a/b/issues/7/comments\?per_page=100&page=(\d+)", self.path)[1])
	        self.answer(200, comments[100 * (page - 1):100 * page])
	    def do_POST(self):
	        assert self.path == "/repos/a/b/issues/7/comments"
	        who = writers[self.headers["Authorization"]]
	        comments.append({"id": len(comments), "user": {"login": who}, "body": self.body()})
	        self.answer(201, {})
	    def do_PATCH(self):
	        if self.headers["Authorization"] == "Bearer fork":
	            return self.answer(403, {})
	        comments[int(re.fullmatch(r"/repos/a/b/issues/comments/(\d+)", self.path)[1])]["body"] = self.body()
	        self.answer(200, {})
	    def log_message(self, *args):
	        pass
	http = http.server.HTTPServer(("127.0.0.1", 0), Api)
	print(http.server_port, flush=True)
	http.serve_forever()
	END
  # bats waits for whoever has its descriptor 3
  python3 "$BATS_TEST_TMPDIR/server.py" "$BATS_TEST_TMPDIR" >"$BATS_TEST_TMPDIR/port" 3>&- &
  serving=$!
  until [ -s "$BATS_TEST_TMPDIR/port" ]; do sleep 0.05; done
  GITHUB_API_URL=http://127.0.0.1:$(cat "$BATS_TEST_TMPDIR/port")
  export GITHUB_API_URL
}

@test "the comment holds the table of a real gate, and a later run replaces it" {
  local table=$BATS_TEST_TMPDIR/table.md
  "$IPCBENCH" gate --base "$IPCBENCH" --new "$IPCBENCH" -t pipe -s 64 -m latency -p same-cpu --metrics latency \
    --blocks 3,4 --md "$table" >"$OUT" || [ $? -eq 3 ]
  run scripts/ci-comment 3 "$table"
  [ "$status" -eq 0 ]
  says "$(cat "$table")"
  says "INCONCLUSIVE"
  run scripts/ci-comment 2 /nonexistent
  says "ended with status 2 and left no table"
  run scripts/ci-comment --post
  [ "$status" -eq 1 ]
  GITHUB_TOKEN='' run scripts/ci-comment --post 0 "$table"
  [ "$status" -eq 1 ]
  says "--post needs GITHUB_TOKEN"

  server
  export GITHUB_TOKEN=secret GITHUB_REPOSITORY=a/b PULL_REQUEST=7
  scripts/ci-comment --post 3 "$table" >"$OUT"
  echo "A later run." >>"$table"
  scripts/ci-comment --post 1 "$table" >"$OUT"
  same 102 "$(jq length "$BATS_TEST_TMPDIR/comments.json")"
  jq -r '.[101].body' "$BATS_TEST_TMPDIR/comments.json" | diff - <(cat "$OUT" && echo)
  GITHUB_TOKEN=wrong run scripts/ci-comment --post 1 "$table"
  [ "$status" -eq 3 ]
  says "the comment was not written: HTTP Error 401"
  GITHUB_TOKEN=fork run scripts/ci-comment --post 1 "$table"
  [ "$status" -eq 3 ]
  says "the comment was not written: HTTP Error 403"
  # what somebody else wrote stays, whatever it looks like
  GITHUB_TOKEN=personal scripts/ci-comment --post 1 "$table" >"$OUT"
  GITHUB_TOKEN=personal scripts/ci-comment --post 1 "$table" >"$OUT"
  same 103 "$(jq length "$BATS_TEST_TMPDIR/comments.json")"
  same "someone someone github-actions[bot] maintainer" "$(jq -r '.[] | select(.body | startswith("<!-- ipcbench")).user.login' \
    "$BATS_TEST_TMPDIR/comments.json" | xargs)"
  # what GitHub would not take is cut at the end of a line
  yes '| a row |' | head -n 20000 >"$table"
  scripts/ci-comment --post 0 "$table" >"$OUT"
  [ "$(grep -c row "$OUT")" -eq 20000 ]
  jq -r '.[101].body' "$BATS_TEST_TMPDIR/comments.json" | sed '$d' >"$OUT"
  [ "$(wc -c <"$OUT")" -lt 65536 ]
  tail -n 1 "$OUT" | grep -q 'more characters are in the summary'
}

# ---- the container ------------------------------------------------------------------------------

# No registry is at hand in a test, so this is all that is known of it.
@test "the Containerfile copies between stages that it has, runs clean shell and ends as a user" {
  python3 - >"$BATS_TEST_TMPDIR/run.sh" <<-'END'
	import re
	text = re.sub(r"\\\n", " ", re.sub(r"(?m)^#.*\n", "", open("Containerfile").read()))
	lines = [l.split(None, 1) for l in text.splitlines() if l.strip()]
	known = {"FROM", "WORKDIR", "COPY", "RUN", "USER", "ENTRYPOINT"}
	assert {l[0] for l in lines} <= known and lines[0][0] == "FROM", lines
	stages, user = set(), "root"
	print("#!/bin/sh")
	for word, rest in lines:
	    if word == "FROM":
	        stages |= set(re.findall(r" AS (\S+)$", rest))
	        user = "root"
	    elif word == "COPY":
	        assert set(re.findall(r"--from=(\S+)", rest)) <= stages, rest
	    elif word == "USER":
	        user = rest
	    elif word == "RUN":
	        print(rest)
	assert user.split(":")[0] not in ("root", "0"), user
	END
  grep -q scripts/package "$BATS_TEST_TMPDIR/run.sh"
  ! command -v shellcheck >/dev/null || shellcheck "$BATS_TEST_TMPDIR/run.sh"
}

# ---- other machines ----------------------------------------------------------------------------

@test "a compiler for 32 bits is refused, with what was found and what is needed" {
  [ "$(uname -m)" = x86_64 ] || skip "needs a compiler that takes -m32"
  printf '%s\n' "[binaries]" "c = ['gcc', '-m32']" "[properties]" "needs_exe_wrapper = true" "[host_machine]" \
    "system = 'linux'" "cpu_family = 'x86'" "cpu = 'i686'" "endian = 'little'" >"$BATS_TEST_TMPDIR/m32.ini"
  CCACHE_DISABLE=1 run meson setup "$BATS_TEST_TMPDIR/m32" "$SOURCE_ROOT" --cross-file "$BATS_TEST_TMPDIR/m32.ini"
  [ "$status" -eq 1 ]
  says "ipcbench needs a 64-bit machine: the pointers of gcc -m32 have 4 bytes instead of 8; use a compiler for a 64-bit ABI"
}

@test "no feature of Meson is newer than the version that meson.build asks for" {
  grep -q "meson_version: '>=0.61.0'" "$SOURCE_ROOT/meson.build"
  # where Meson says so itself
  grep -q "^Project name: ipcbench" "$BUILD_ROOT/meson-logs/meson-log.txt"
  run ! grep -E "Project (targets|specifies a minimum meson_version)" "$BUILD_ROOT/meson-logs/meson-log.txt"
}

# musl_cc ARG...: compiles for musl. Libraries and the kernel have no headers of their own for it in Debian.
musl_cc() {
  musl-gcc -std=gnu11 -Wall -Wextra -Wconversion -Werror -D_GNU_SOURCE '-DIPCBENCH_VERSION="0.0"' '-DIPCBENCH_CFLAGS=""' \
    '-DIPCBENCH_SOURCE_ROOT=""' '-DIPCBENCH_BUILD_ROOT=""' -DIPCBENCH_LAYOUT_SEED=0 -I"$SOURCE_ROOT/include" \
    -I"$SOURCE_ROOT/bench" -I"$SOURCE_ROOT/transports" -idirafter /usr/include \
    -idirafter "/usr/include/$(uname -m)-linux-gnu" "$@"
}

@test "with musl the program compiles without a warning, links and measures" {
  local library libraries=()
  [ "$(uname -m)" = x86_64 ] || skip "tests/musl.c links libraries for x86-64"
  command -v musl-gcc >/dev/null || skip "musl-gcc is not installed (apt-get install musl-tools)"
  for library in hwloc jansson z; do
    libraries+=("$(cc -print-file-name="lib$library.a")")
    [ -e "${libraries[-1]}" ] || skip "there is no lib$library.a"
  done
  mkdir "$BATS_TEST_TMPDIR/objects"
  cd "$BATS_TEST_TMPDIR/objects" || return
  export -f musl_cc
  # a folder each
  # shellcheck disable=SC2016 # for the inner shell
  find "$SOURCE_ROOT"/{bench,transports} "$BUILD_ROOT"/{bench/html-assets.c,transports/builtin.c} -name '*.c' -printf '%h\n' |
    sort -u | nl | xargs -P 2 -n 2 bash -euc 'mkdir "$1" && cd "$1" && musl_cc -c "$2"/*.c' musl
  musl-gcc -w -c "$SOURCE_ROOT/tests/musl.c" -o musl.o
  musl-gcc -rdynamic -o ipcbench musl.o ./*/*.o "${libraries[@]}" "$(cc -print-libgcc-file-name)"
  musl_cc -shared -fPIC "$SOURCE_ROOT/examples/hello.c" -o hello.so
  ./ipcbench --plugin ./hello.so -t all -s 64 -m latency,throughput -p same-cpu -w block -T 1 -n 200 --warmup 0 --verify -q \
    -o run --csv - >rows.csv
  # and the plugin
  same "$(($(blocking_transports | wc -l) + 1))" \
    "$(fields status transport <rows.csv | sort -u | grep -c '^ok')"
  run ! grep -q ',fail,' rows.csv
  ./ipcbench report --no-figures run -o page.html
}

# ---- a release ----------------------------------------------------------------------------------

@test "a release is made of a commit that is whole and has its section in CHANGELOG.md" {
  mkdir -p "$BATS_TEST_TMPDIR/clone/scripts"
  cp meson.build CHANGELOG.md "$BATS_TEST_TMPDIR/clone"
  cp scripts/release "$BATS_TEST_TMPDIR/clone/scripts"
  # as far as the checks go
  printf '#!/bin/sh\necho reached; exit 1\n' >"$BATS_TEST_TMPDIR/clone/scripts/install-deps"
  cd "$BATS_TEST_TMPDIR/clone"
  chmod +x scripts/install-deps
  git init -q -b main .
  git config user.email nobody@example.org
  git config user.name Nobody
  git add -A
  git commit -q -m "The first"
  run scripts/release
  says reached
  touch "new file"
  run scripts/release
  [ "$status" -eq 1 ]
  says 'not committed: ?? "new file"'
  rm "new file"
  git tag "v$("$IPCBENCH" --version | cut -d' ' -f2)"
  git commit -q --allow-empty -m "Another"
  run scripts/release
  says "is another commit already"
  sed -i "s/^  version: .*/  version: '7.0',/" meson.build
  git commit -qa -m "Raise the version"
  run scripts/release
  [ "$status" -eq 1 ]
  says "CHANGELOG.md has no section for 7.0"
  run scripts/release --now
  [ "$status" -eq 2 ]
}

# made_release STATUS ARG...: scripts/release of a clone of this tree with a tag. What takes long is a test of its own: the package is a
# stand-in, and `meson dist` leaves out its tests, but is logged as it was called.
made_release() {
  local clone=$BATS_TEST_TMPDIR/clone meson
  [[ -e $SOURCE_ROOT/.git ]] || skip "not a clone"
  meson=$(command -v meson) || skip "no meson"
  mkdir -p "$clone" "$BATS_TEST_TMPDIR/bin"
  # but for what only makes the tarball large
  (cd "$SOURCE_ROOT" && git ls-files -z --cached --others --exclude-standard |
    grep -zvE '^(results/reference/.*\.(csv|gz|h[lg].*|png)|tests/fuzz/corpus/.*)$' | tar --null --ignore-failed-read -T - -c) | tar -x -C "$clone"
  # shellcheck disable=SC2016 # for the script
  printf '#!/bin/sh\n[ "$1" = dist ] || exec %q "$@"\necho "$@" >>%q\nshift\nexec %q dist --no-tests "$@"\n' \
    "$meson" "$BATS_TEST_TMPDIR/dist" "$meson" >"$BATS_TEST_TMPDIR/bin/meson"
  chmod +x "$BATS_TEST_TMPDIR/bin/meson"
  cd "$clone" || return
  printf '#!/bin/sh\n' >scripts/install-deps
  # shellcheck disable=SC2016 # for the script
  printf '#!/bin/sh\ngrep -q ipcbench "$1/meson.build" && cp "$1/LICENSE" "$2/ipcbench_0_all.deb"\n' >scripts/package
  git init -q -b main .
  git config user.email nobody@example.org
  git config user.name Nobody
  git add -A
  git commit -q -m "All of it"
  git tag "v$("$IPCBENCH" --version | cut -d' ' -f2)"
  PATH=$BATS_TEST_TMPDIR/bin:$PATH run scripts/release "${@:2}"
  same "$1" "$status" || say "$output"
}

@test "a release is the tarball of meson dist, which tests it, the package of it, and checksums" {
  local version name
  version=$("$IPCBENCH" --version | cut -d' ' -f2)
  name=ipcbench-$version
  made_release 0
  same "dist -C build/dist --formats xztar" "$(cat "$BATS_TEST_TMPDIR/dist")"
  cd "build/release-$version"
  sha256sum --quiet --check SHA256SUMS
  same "$name.tar.xz
./ipcbench_0_all.deb" "$(awk '{ print $2 }' SHA256SUMS)"
  # the tarball has what the commit has, and nothing else
  diff <(tar -tf "$name.tar.xz" | sed "s|^$name/||" | grep -v '/$' | grep . | sort) \
    <(git -C "$BATS_TEST_TMPDIR/clone" ls-files | sort)
  # made again, without tests; and what meson dist says if it fails
  cd "$BATS_TEST_TMPDIR/clone"
  PATH=$BATS_TEST_TMPDIR/bin:$PATH scripts/release --no-tests
  same "dist -C build/dist --formats xztar --no-tests" "$(tail -n 1 "$BATS_TEST_TMPDIR/dist")"
  # shellcheck disable=SC2016 # for the script
  printf '#!/bin/sh\n[ "$1" != dist ] || { echo "a test fails"; exit 1; }\n' >"$BATS_TEST_TMPDIR/bin/meson"
  PATH=$BATS_TEST_TMPDIR/bin:$PATH run scripts/release
  [ "$status" -eq 1 ]
  says "a test fails"
  says "meson dist failed"
}
