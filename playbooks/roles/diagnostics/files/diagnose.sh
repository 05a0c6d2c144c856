#!/bin/sh
# How this machine is, as FILE (tar.gz) with at most LINES of each log. Only states, counts and
# Courtfleet's own logs, which hold no court content; nothing of user folders, printer jobs,
# recordings or settings.
file=$1
lines=${2:-200}
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
part() {
  name=$1
  shift
  timeout 20 "$@" >"$folder/whole" 2>&1
  tail -n "$lines" "$folder/whole" >"$folder/$name.txt"
}
part system uname -a
part uptime uptime
part failed-units systemctl --no-pager --failed
part agent-state systemctl --no-pager show courtfleet-agent.service \
  --property=ActiveState,NRestarts,MemoryCurrent
part courtfleet-log journalctl --no-pager --quiet --lines "$lines" --unit 'courtfleet-*'
part kernel-warnings journalctl --no-pager --quiet --lines "$lines" --dmesg --priority warning
part disks df -h
part memory free -m
part addresses ip -brief address
part routes ip route
part time timedatectl show
part network nmcli --terse device status
part printers lpstat -p
rm "$folder/whole"
umask 077
tar -czf "$file" -C "$folder" .
