#!/usr/bin/env bats
# What remains in shell: the agent's hooks and the user data, with stand-ins for the programs that they call.
# $FILES has the files of an instance and its user data.

setup() {
  export BIN=$BATS_TEST_TMPDIR/bin CALLS=$BATS_TEST_TMPDIR/calls ROOT=$BATS_TEST_TMPDIR/root
  mkdir -p "$BIN" "$ROOT"
  : >"$CALLS"
  PATH=$BIN:$PATH
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

# hook NAME: the hook, with the stand-in of Node, sourced as the agent does it.
hook() {
  sed "s#/opt/bk-stack/node#$BIN/node#g" "$FILES/etc/buildkite-agent/hooks/$1" >"$BATS_TEST_TMPDIR/$1"
  bash -c "source '$BATS_TEST_TMPDIR/$1'; echo \"reached with [\$SECRET]\""
}

@test "the environment hook exports what the program prints" {
  stand_in node 'if [ "$2" = environment ]; then echo "export SECRET=\"a b\""; fi'
  stand_in sudo
  BUILDKITE_BUILD_CHECKOUT_PATH=/builds/a/b/c run hook environment
  [ "$status" -eq 0 ]
  [[ "$output" == *"reached with [a b]"* ]]
  grep -q 'job/main.mjs environment' "$CALLS"
  grep -q 'job/main.mjs prepare' "$CALLS"
  grep -q "repair-permissions /builds/a/b/c" "$CALLS"
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
    -e "s#/usr/bin/dnf#$BIN/dnf#g" "$FILES/user-data" >"$BATS_TEST_TMPDIR/user-data"
  bash "$BATS_TEST_TMPDIR/user-data"
}

# an_instance: everything that an instance has. The program that is fetched is as in the template's test: its hash is zeros.
an_instance() {
  stand_in curl 'echo i-0123456789abcdef0'
  stand_in dnf
  stand_in node-22
  stand_in sleep
  stand_in shutdown
  stand_in sha256sum "${1:-}"
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
