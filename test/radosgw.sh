#!/usr/bin/env bash
# Ceph's object gateway on loopback, as the S3 server of tests: one monitor, one OSD that keeps everything in memory, one
# gateway, without a manager. On Debian: apt-get install --no-install-recommends radosgw ceph-mon ceph-osd ceph-mgr- curl
#
#   test/radosgw.sh <port> <command…>
#
# runs the command with TEST_S3_URL and the credentials in its environment, and ends everything after it. The gateway
# listens at the port, the monitor at the next one.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

port=$1
shift
key=test-access-key
secret=test-secret-key
bucket=mms-inbox
folder=$(mktemp -d)
conf=$folder/ceph.conf
fsid=$(cat /proc/sys/kernel/random/uuid)
osd_uuid=$(cat /proc/sys/kernel/random/uuid)
pids=()

# Nothing here needs root; the packages have created the user.
as_ceph=()
if [ "$(id -u)" -eq 0 ]; then as_ceph=(setpriv --reuid=ceph --regid=ceph --clear-groups); fi

# Shows the output only of what fails.
quietly() {
  ${as_ceph[@]+"${as_ceph[@]}"} "$@" >"$folder/output" 2>&1 || {
    cat "$folder/output" >&2
    return 1
  }
}

daemon() {
  ${as_ceph[@]+"${as_ceph[@]}"} "$1" --conf "$conf" --foreground "${@:2}" >"$folder/$1.output" 2>&1 &
  pids+=($!)
}

clean_up() {
  local pid
  for pid in ${pids[@]+"${pids[@]}"}; do kill -KILL "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$folder"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

cat >"$conf" <<CONF
[global]
fsid = $fsid
keyring = $folder/keyring
mon_host = v2:127.0.0.1:$((port + 1))
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
ms_bind_ipv6 = false
run_dir = $folder
admin_socket = $folder/\$name.asok
log_file = $folder/\$name.log
pid_file =
mon_data_avail_crit = 1
mon_allow_pool_size_one = true
mon_max_pg_per_osd = 1000
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 4
osd_pool_default_pgp_num = 4
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
osd_objectstore = memstore
memstore_device_bytes = 2147483648
[mon.a]
mon_data = $folder/mon
[osd.0]
osd_data = $folder/osd
[client.gateway]
rgw_data = $folder/rgw
rgw_frontends = beast endpoint=127.0.0.1:$port
rgw_thread_pool_size = 64
CONF
mkdir "$folder/rgw" "$folder/osd"
if [ "$(id -u)" -eq 0 ]; then chown -R ceph: "$folder"; fi

quietly monmaptool --create --fsid "$fsid" --addv a "[v2:127.0.0.1:$((port + 1))]" "$folder/monmap"
quietly ceph-authtool --create-keyring "$folder/keyring"
for name in mon. client.admin client.gateway osd.0; do
  quietly ceph-authtool "$folder/keyring" --gen-key --name "$name" \
    --cap mon 'allow *' --cap osd 'allow *' --cap mgr 'allow *'
done
quietly ceph-mon --conf "$conf" --mkfs -i a --monmap "$folder/monmap" --keyring "$folder/keyring"
daemon ceph-mon -i a
quietly ceph --conf "$conf" --connect-timeout 60 osd new "$osd_uuid" 0
quietly ceph-osd --conf "$conf" -i 0 --mkfs --osd-uuid "$osd_uuid"
daemon ceph-osd -i 0
quietly timeout 60 radosgw-admin --conf "$conf" -n client.gateway user create --uid=test --display-name=test \
  --access-key="$key" --secret="$secret"
daemon radosgw -n client.gateway
for _ in $(seq 120); do
  if curl --silent --fail --output /dev/null "http://127.0.0.1:$port/"; then break; fi
  sleep 0.25
done

export AWS_ACCESS_KEY_ID=$key AWS_SECRET_ACCESS_KEY=$secret
export TEST_S3_URL="s3://$bucket?endpoint=http://127.0.0.1:$port"
node --input-type=module -e '
  import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
  const [endpoint, Bucket] = process.argv.slice(1);
  const client = new S3Client({ endpoint, region: "us-east-1", forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket }));
' "http://127.0.0.1:$port" "$bucket"
"$@"
