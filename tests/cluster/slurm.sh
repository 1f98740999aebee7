# shellcheck shell=bash
# Sourced: a Slurm of one node on loopback, in a folder of its own, without systemd. Needs
# root, slurm-wlm and munge. slurm_start; slurm_stop.
slurm_folder=/tmp/basin-slurm

slurm_config() {
    local host
    host=$(hostname -s)
    cat <<CONF
ClusterName=basin
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmctldPort=16817
SlurmdPort=16818
AuthInfo=socket=$slurm_folder/munge.socket
CryptoType=crypto/munge
StateSaveLocation=$slurm_folder/state
SlurmdSpoolDir=$slurm_folder/spool
SlurmctldPidFile=$slurm_folder/slurmctld.pid
SlurmdPidFile=$slurm_folder/slurmd.pid
SlurmctldLogFile=$slurm_folder/slurmctld.log
SlurmdLogFile=$slurm_folder/slurmd.log
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
ReturnToService=2
MpiDefault=none
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
SchedulerParameters=batch_sched_delay=0,sched_interval=1,sched_min_interval=0
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) RealMemory=1000 State=UNKNOWN
PartitionName=all Nodes=$host Default=YES MaxTime=INFINITE State=UP OverSubscribe=FORCE:4
CONF
}

slurm_start() {
    rm -rf "$slurm_folder"
    mkdir -p "$slurm_folder/state" "$slurm_folder/spool" "$slurm_folder/munge"
    chown munge "$slurm_folder/munge"
    chmod 711 "$slurm_folder"
    head -c 1024 /dev/urandom > "$slurm_folder/munge/key"
    chown munge "$slurm_folder/munge/key"
    chmod 400 "$slurm_folder/munge/key"
    runuser -u munge -- munged --force --socket="$slurm_folder/munge/socket" \
        --key-file="$slurm_folder/munge/key" --pid-file="$slurm_folder/munge/pid" \
        --seed-file="$slurm_folder/munge/seed" --log-file="$slurm_folder/munge/log" || return
    ln -s munge/socket "$slurm_folder/munge.socket"
    slurm_config > "$slurm_folder/slurm.conf"
    export SLURM_CONF=$slurm_folder/slurm.conf
    slurmctld -f "$SLURM_CONF" && slurmd -f "$SLURM_CONF" || return
    for _ in $(seq 50); do
        sinfo -h -o %t 2>/dev/null | grep -q idle && return
        sleep 0.2
    done
    return 1
}

# Only what slurm_start started, by the numbers that it wrote down.
slurm_stop() {
    for file in slurmd.pid slurmctld.pid munge/pid; do
        [ -s "$slurm_folder/$file" ] && kill "$(cat "$slurm_folder/$file")"
    done
    sleep 0.5
    rm -rf "$slurm_folder"
} 2>/dev/null
