#!/usr/bin/env bash
# Removes what belongs to the machine that makes an image, so that no two instances share it. Runs last, as root.
set -euo pipefail

# Without --machine-id: Amazon Linux 2023 has cloud-init 22.2, which doesn't know that option yet.
cloud-init clean --logs

# Empty, which isn't the same as missing or "uninitialized": systemd gives each instance an id either way, but those two
# make it apply presets to all units as well. See "First Boot Semantics" in machine-id(5).
: >/etc/machine-id
# systemd takes the id from here if that file is empty; systemd-tmpfiles makes it a link to that file again.
rm --force /var/lib/dbus/machine-id

# https://systemd.io/BUILDING_IMAGES/. The service, where there is one, writes a seed when it stops, so it stops first.
systemctl stop systemd-random-seed.service || true
rm --force /var/lib/systemd/random-seed /var/lib/systemd/credential.secret

# cloud-init makes these again: host keys, and the key of an instance's key pair.
rm --force /etc/ssh/ssh_host_* /root/.ssh/authorized_keys /home/*/.ssh/authorized_keys

rm --recursive --force /var/lib/dhclient/* /var/lib/dhcp/*
rm --force /etc/docker/key.json /var/lib/docker/engine-id

# A stack's settings and secrets, and the marker of its boot, in case the machine has been one of its instances.
rm --force /etc/bk-stack/stack.env /var/lib/bk-stack/boot
rm --force /etc/buildkite-agent/buildkite-agent.cfg /etc/buildkite-agent/environment /etc/buildkite-agent/*-keys.json

# Instances would send these lines to CloudWatch as theirs.
find /var/log -type f -delete

rm --recursive --force /tmp/host.mjs /var/cache/dnf /var/lib/apt/lists/* /var/cache/apt/archives/*.deb
