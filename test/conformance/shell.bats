#!/usr/bin/env bats
# What remains in shell: the agent's hooks and the user data, with stand-ins for the programs that they call.
# $FILES has the files of an instance and its user data.

setup() {
  export BIN=$BATS_TEST_TMPDIR/bin CALLS=$BATS_TEST_TMPDIR/calls ROOT=$BATS_TEST_TMPDIR/root
  mkdir -p "$BIN" "$ROOT"
  : >"$CALLS"
  PATH=$BIN:$PATH
  # Stands for the agent, in whose environment the hooks run their programs. Bats waits for who has descriptor 3.
  sleep 600 3>&- &
  export BUILDKITE_AGENT_PID=$!
  # Nobody serves the hooks, and all of a checkout is the agent's.
  stand_in hook_curl 'exit 7'
  stand_in hook_find
}

teardown() {
  kill "$BUILDKITE_AGENT_PID"
}

# stand_in NAME BODY: a program that notes how it was called.
stand_in() {
  printf '#!/bin/bash\necho "%s $*" >>"$CALLS"\n%s\n' "$1" "${2:-}" >"$BIN/$1"
  chmod +x "$BIN/$1"
}

# not_called PATTERN: bats takes no notice of a plain "!".
not_called() {
  if grep -q "$1" "$CALLS"; then return 1; fi
}

# hook NAME [VARIABLE=VALUE...]: the hook of a job with these variables, with the stand-in of Node, sourced as the agent does it: by a script with the hook's first line.
hook() {
  local job=/opt/bk-stack/job
  sed "s#/opt/bk-stack/node#$BIN/node#g; s#$job/as-agent#$FILES$job/as-agent#g; s#/usr/bin/\(curl\|find\)#$BIN/hook_\1#g" \
    "$FILES/etc/buildkite-agent/hooks/$1" >"$BATS_TEST_TMPDIR/$1"
  head -1 "$BATS_TEST_TMPDIR/$1" >"$BATS_TEST_TMPDIR/wrapper"
  echo "source '$BATS_TEST_TMPDIR/$1'; echo \"reached with [\$SECRET]\"" >>"$BATS_TEST_TMPDIR/wrapper"
  chmod +x "$BATS_TEST_TMPDIR/wrapper"
  env "${@:2}" "$BATS_TEST_TMPDIR/wrapper"
}

@test "the environment hook exports what the program prints" {
  stand_in node 'if [ "$2" = environment ]; then echo "export SECRET=\"a b\""; fi'
  stand_in sudo
  stand_in hook_find 'echo "$1/of-root"'
  BUILDKITE_BUILD_CHECKOUT_PATH=/builds/a/b/c run hook environment
  [ "$status" -eq 0 ]
  [[ "$output" == *"reached with [a b]"* ]]
  grep -q 'job/main.mjs environment' "$CALLS"
  grep -q 'job/main.mjs prepare' "$CALLS"
  grep -q "repair-permissions /builds/a/b/c" "$CALLS"
}

@test "the environment hook evaluates what the serving program answers, and runs nothing itself" {
  stand_in hook_curl 'tr "\\0" "\\n" | grep "^BK_STACK_KNOWN" >>"$CALLS"
case $* in
  */environment?process=*) echo "export SECRET=served; bk_stack_known_secrets=abc" ;;
  */prepare?process=*) echo "echo logged in >&2" ;;
esac'
  stand_in node
  stand_in sudo
  run hook environment
  [ "$status" -eq 0 ]
  [ "$output" = $'logged in\nreached with [served]' ]
  grep -q 'BK_STACK_KNOWN_SECRETS=abc' "$CALLS"
  not_called '^node'
  not_called '^sudo'
}

@test "an answer that is cut short is not evaluated" {
  stand_in hook_curl 'echo "export SECRET=half"; exit 18'
  stand_in node 'if [ "$2" = environment ]; then echo "SECRET=\${SECRET-}whole"; fi'
  stand_in sudo
  run hook environment
  [ "$status" -eq 0 ]
  [ "$output" = 'reached with [whole]' ]
}

@test "what a pipeline sets changes nothing about the hooks" {
  stand_in node 'echo "options [$NODE_OPTIONS]" >>"$CALLS"
if [ "$2" = environment ]; then echo "export SECRET=hidden"; fi'
  stand_in sudo
  echo 'echo intercepted' >"$BATS_TEST_TMPDIR/bash-env"
  run hook environment NODE_OPTIONS=--bad "BASH_ENV=$BATS_TEST_TMPDIR/bash-env" SHELLOPTS=xtrace \
    'BASH_FUNC_eval%%=() { echo intercepted; }' 'BASH_FUNC_exec%%=() { echo intercepted; }'
  [ "$status" -eq 0 ]
  # Of xtrace, this line would stand there twice.
  [ "$output" = 'reached with [hidden]' ]
  [ "$(grep -c 'options \[\]' "$CALLS")" -eq 2 ]
}

@test "the preparation is told which secrets are known" {
  stand_in node 'if [ "$2" = environment ]; then echo "bk_stack_known_secrets=abc"; fi
tr "\\0" "\\n" </dev/fd/3 | sed "s/^/$2: /" >>"$CALLS"'
  stand_in sudo
  run hook environment
  [ "$status" -eq 0 ]
  grep -q 'prepare: BK_STACK_KNOWN_SECRETS=abc' "$CALLS"
}

@test "a job does not run with half of its environment" {
  stand_in node 'if [ "$2" = environment ]; then echo "export SECRET=half"; exit 1; fi'
  stand_in sudo
  run hook environment
  [ "$status" -eq 53 ]
  [[ "$output" != *"reached"* ]]
  not_called prepare
}

@test "a job does not run on an instance that cannot be prepared" {
  stand_in node '[ "$2" != prepare ]'
  stand_in sudo
  run hook environment
  [ "$status" -eq 53 ]
  [[ "$output" == *"This instance cannot be used"* ]]
}

@test "a checkout that cannot be repaired fails no job" {
  stand_in node
  stand_in hook_find 'echo of-root'
  stand_in sudo 'exit 1'
  run hook environment
  [ "$status" -eq 0 ]
}

@test "the pre-exit hook fails no job" {
  stand_in node 'exit 1'
  run hook pre-exit
  [ "$status" -eq 0 ]
  grep -q 'job/main.mjs pre-exit' "$CALLS"
}

# user_data: with its places below $ROOT and its waits cut short.
user_data() {
  sed -e "s#/etc/bk-stack#$ROOT/etc/bk-stack#g; s#/opt/bk-stack#$ROOT/opt/bk-stack#g; s#/var/lib/bk-stack#$ROOT/var/lib/bk-stack#g" \
    -e "s#/usr/bin/dnf#$BIN/dnf#g; s#/snap/bin#$BIN/snap-bin#g" "$FILES/user-data" >"$BATS_TEST_TMPDIR/user-data"
  bash "$BATS_TEST_TMPDIR/user-data"
}

# an_instance: everything that an instance has. The program that is fetched is as in the template's test: its hash is zeros.
an_instance() {
  stand_in curl 'echo i-0123456789abcdef0'
  stand_in dnf
  stand_in node-22
  stand_in sleep
  stand_in shutdown
  # It reads its input: otherwise what writes that fails now and then.
  stand_in sha256sum "cat >/dev/null; ${1:-}"
  stand_in aws 'if [ "$1" = s3 ]; then touch "${@: -1}"; fi'
}

@test "the user data runs the program that it has checked" {
  an_instance
  run user_data
  [ "$status" -eq 0 ]
  tail -1 "$CALLS" | grep -q "node-22 $ROOT/opt/bk-stack/host.mjs bootstrap"
  grep -q 'BUILDKITE_QUEUE="default"' "$ROOT/etc/bk-stack/stack.env"
  not_called shutdown
}

# an_ubuntu_instance VERSION: with this Node on its image.
an_ubuntu_instance() {
  local node
  node=$(PATH=${PATH#"$BIN:"} command -v node)
  an_instance
  rm "$BIN/dnf" "$BIN/node-22"
  stand_in snap "if [ \"\$2\" = node ]; then
  mkdir -p '$BIN/snap-bin'
  printf '#!/bin/sh\necho \"snap-node \$*\" >>\"\$CALLS\"' >'$BIN/snap-bin/node'
  chmod +x '$BIN/snap-bin/node'
fi"
  stand_in node "if [ \"\$1\" = --eval ]; then
  exec '$node' --eval \"Object.defineProperty(process, 'versions', { value: { node: '$1' } }); \$2\"
fi"
}

@test "the user data installs Node where the image's is too old" {
  for version in 12.22.9 18.19.1; do
    an_ubuntu_instance "$version"
    run user_data
    [ "$status" -eq 0 ]
    grep -q '^snap install node --classic --channel=22' "$CALLS"
    tail -1 "$CALLS" | grep -q "^snap-node $ROOT/opt/bk-stack/host.mjs bootstrap"
    rm -r "$BIN/snap-bin"
    : >"$CALLS"
  done
}

@test "the user data keeps the image's Node if it is new enough" {
  for version in 20.0.0 22.11.0 100.1.0; do
    an_ubuntu_instance "$version"
    run user_data
    [ "$status" -eq 0 ]
    not_called '^snap install node'
    tail -1 "$CALLS" | grep -q "^node $ROOT/opt/bk-stack/host.mjs bootstrap"
    : >"$CALLS"
  done
}

@test "the user data runs no program of another hash, tells of it and powers off" {
  an_instance 'exit 1'
  run user_data
  [ "$status" -ne 0 ]
  not_called bootstrap
  grep -q 'aws cloudformation signal-resource .*--unique-id i-0123456789abcdef0 --status FAILURE' "$CALLS"
  grep -q 'aws autoscaling set-instance-health --instance-id i-0123456789abcdef0 --health-status Unhealthy' "$CALLS"
  grep -q 'shutdown --poweroff' "$CALLS"
}

@test "the user data asks again for what does not come" {
  an_instance
  stand_in aws 'if [ "$1" = s3 ]; then [ "$(grep -c "aws s3" "$CALLS")" -gt 3 ] && touch "${@: -1}"; fi'
  run user_data
  [ "$status" -eq 0 ]
  [ "$(grep -c 'aws s3 cp' "$CALLS")" -eq 4 ]
}

# clean_image: packer/clean.sh below $ROOT. A path that isn't redirected there would be this machine's.
clean_image() {
  sed -E -e '/^#/d' -e 's#(^|[ >])/#\1@/#g' "$BATS_TEST_DIRNAME/../../packer/clean.sh" >"$BATS_TEST_TMPDIR/clean"
  if grep -E '(^|[^@A-Za-z0-9*._-])/' "$BATS_TEST_TMPDIR/clean"; then return 99; fi
  sed -i "s#@/#$ROOT/#g" "$BATS_TEST_TMPDIR/clean"
  bash "$BATS_TEST_TMPDIR/clean"
}

# a_building_machine PATH...: with these files, and cloud-init as Amazon Linux 2023 has it.
a_building_machine() {
  local path
  for path; do
    mkdir -p "$ROOT/$(dirname "$path")"
    echo "of the building machine" >"$ROOT/$path"
  done
  stand_in cloud-init '[ "$1" = clean ] || exit 2
for option in "${@:2}"; do
  case $option in
    -l | --logs | -r | --reboot | -s | --seed) ;;
    *) echo "cloud-init: error: unrecognized arguments: $option" >&2; exit 2 ;;
  esac
done'
  stand_in systemctl 'if [ "$*" = "stop systemd-random-seed.service" ]; then
  echo seed >"$ROOT/var/lib/systemd/random-seed"
fi'
}

@test "an image is cleaned with the cloud-init of Amazon Linux 2023" {
  a_building_machine etc/machine-id var/log/messages var/lib/systemd/random-seed
  run clean_image
  [ "$status" -eq 0 ]
  grep -q '^cloud-init clean --logs' "$CALLS"
}

@test "an image has an empty machine-id, at which systemd applies no presets" {
  a_building_machine etc/machine-id var/lib/dbus/machine-id var/log/messages var/lib/systemd/random-seed
  clean_image
  [ -f "$ROOT/etc/machine-id" ]
  [ ! -s "$ROOT/etc/machine-id" ]
  [ ! -e "$ROOT/var/lib/dbus/machine-id" ]
}

@test "an image has nothing that belongs to the machine that made it" {
  local own=(
    etc/ssh/ssh_host_rsa_key etc/ssh/ssh_host_ed25519_key.pub root/.ssh/authorized_keys home/ubuntu/.ssh/authorized_keys
    var/lib/systemd/random-seed var/lib/systemd/credential.secret var/lib/dhcp/dhclient.leases
    var/lib/dhclient/dhclient--eth0.lease etc/docker/key.json var/lib/docker/engine-id
    etc/bk-stack/stack.env var/lib/bk-stack/boot etc/buildkite-agent/buildkite-agent.cfg
    etc/buildkite-agent/environment etc/buildkite-agent/signing-keys.json
    etc/buildkite-agent/verification-keys.json var/log/messages var/log/syslog.1 var/log/bk-stack/boot.log
    var/log/journal/1/system.journal var/log/amazon/ssm/errors.log tmp/host.mjs
  )
  local kept=(
    etc/ssh/sshd_config etc/docker/daemon.json etc/bk-stack/image.json var/lib/bk-stack/agent-release
    etc/buildkite-agent/hooks/environment etc/systemd/system-preset/00-bk-stack.preset var/lib/docker/overlay2/layer
    opt/bk-stack/host.mjs home/ubuntu/.bashrc
  )
  a_building_machine etc/machine-id "${own[@]}" "${kept[@]}"
  clean_image
  local path
  for path in "${own[@]}"; do
    if [ -e "$ROOT/$path" ]; then echo "$path is left" && return 1; fi
  done
  for path in "${kept[@]}"; do
    if [ ! -e "$ROOT/$path" ]; then echo "$path is gone" && return 1; fi
  done
  [ -d "$ROOT/var/log/bk-stack" ]
  # Otherwise it writes another seed when the machine shuts down.
  grep -q '^systemctl stop systemd-random-seed.service$' "$CALLS"
}

@test "an image without a random seed can be cleaned, and cleaned again" {
  a_building_machine var/log/messages etc/machine-id
  stand_in systemctl 'echo "Unit ${@: -1} not loaded." >&2; exit 5'
  clean_image
  clean_image
}
