# shellcheck shell=bash
# Sourced by scripts that fetch Debian packages into a cache; defines functions, does nothing.
#
# Example:
#
#     . private-apt.sh
#     find_cache; dir=$cache/$key
#     [ ! -d "$dir" ] || print_result    # whole, by the rule below
#     lock_cache "$key"                  # from here on we are alone, and $tmp is ours
#     [ ! -d "$dir" ] || print_result
#     private_apt "$arch"                # apt-get and apt-cache now work on $tmp
#     mapfile -t mirrors < <(machine_mirrors)
#     update_from "${mirrors[0]}" "$suite"
#     (cd "$tmp/debs" && apt-get -qq download PACKAGE >&2)
#     ...                                # unpack in $tmp, then: mv -T "$tmp/done" "$dir"
#
# Method. apt works on a state, a cache and sources of its own below $tmp, so that nothing is installed and the
# machine's apt is not touched; its configuration (proxies, credentials) applies. What is to be kept is unpacked in $tmp,
# which is beside it in the cache, and renamed into place when it is complete: what exists is whole. Two runs for the
# same key wait for each other on a lock.

prog=${0##*/}
say() { printf '%s: %s\n' "$prog" "$*" >&2; }
die() { say "error: $*"; exit 2; }

# What to do where a version is on no mirror any more.
# shellcheck disable=SC2034 # for those that source this
left_archive="a version that Debian has replaced is in its snapshot archive alone, and a suite that it has retired in its\
 archive of old releases"

check_words() { # WORD...: names of architectures, suites, packages
    local word
    for word; do
        [[ $word =~ ^[a-z0-9][a-z0-9.+-]*$ ]] || die "'$word' is not the name of an architecture, suite, flavour or package"
    done
}

# Sets $cache, absolute.
find_cache() {
    if [ -n "${HDRGEN_KERNEL_CACHE:-}" ]; then
        cache=$HDRGEN_KERNEL_CACHE
    elif [ -n "${XDG_CACHE_HOME:-}" ]; then
        cache=$XDG_CACHE_HOME/hdrgen/kernels
    else
        [ -n "${HOME:-}" ] || die "no home directory: set HDRGEN_KERNEL_CACHE to a directory for the cache"
        cache=$HOME/.cache/hdrgen/kernels
    fi
    [[ $cache = /* ]] || cache=$PWD/$cache
}

need_tools() { # [TOOL...]: beside those that every fetching takes
    local tool
    for tool in apt-get apt-cache dpkg dpkg-deb flock "$@"; do
        command -v "$tool" >/dev/null || die "'$tool' not found: this script needs a Debian-like machine" \
            "(packages apt, dpkg, util-linux, tar, xz-utils)"
    done
}

# Waits for other runs for the same key; sets $tmp, which goes when the script ends, whatever ends it.
lock_cache() { # KEY
    mkdir -p "$cache" || die "cannot create $cache; set HDRGEN_KERNEL_CACHE to a directory you can write"
    exec 9>"$cache/.$1.lock" || die "cannot write in $cache; set HDRGEN_KERNEL_CACHE to a directory you can write"
    if ! flock -n 9; then
        say "another run is fetching $1, waiting for it"
        flock 9
    fi
    rm -rf "$cache/.$1.tmp".* # left by a run that was killed: we hold the lock
    tmp=$(mktemp -d "$cache/.$1.tmp.XXXXXX")
    trap 'rm -rf "$tmp"' EXIT
    trap 'exit 2' HUP INT TERM
}

# The bases of the Debian mirrors that this machine's apt is configured with. apt itself is asked, so that every form
# of its sources is understood; the lists are looked for in an empty place, so that it names all of them. Ask before
# private_apt, or in its place.
machine_mirrors() {
    local codename names
    # shellcheck disable=SC1091
    codename=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-sid}")
    names="$codename|stable|oldstable|oldoldstable|testing|unstable|sid"
    mkdir -p "$tmp/none/lists/partial" "$tmp/none/cache"
    apt-get -o Dir::State="$tmp/none" -o Dir::State::lists=lists -o Dir::Cache="$tmp/none/cache" \
        update --print-uris 2>/dev/null |
        sed -nE "s,^'(.*)/dists/($names)/main/binary-[^/]*/.*,\1,p" | awk '!seen[$0]++'
}

# From here on apt-get and apt-cache work on a state of their own: this machine's configuration, then what follows.
private_apt() { # ARCH
    mkdir -p "$tmp/state/lists/partial" "$tmp/cache/archives/partial" "$tmp/debs"
    : >"$tmp/state/status"
    [ -z "${APT_CONFIG:-}" ] || printf '#include "%s";\n' "$APT_CONFIG" >"$tmp/apt.conf"
    cat >>"$tmp/apt.conf" <<CONF
#clear APT::Architectures;
#clear APT::Update;
#clear DPkg::Post-Invoke;
#clear DPkg::Pre-Install-Pkgs;
APT::Architecture "$1";
APT::Architectures { "$1"; };
APT::Sandbox::User "root";
Acquire::Languages "none";
Acquire::Retries "3";
Dir::State "$tmp/state";
Dir::State::lists "lists";
Dir::State::status "$tmp/state/status";
Dir::Cache "$tmp/cache";
Dir::Etc::sourcelist "$tmp/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
CONF
    export APT_CONFIG=$tmp/apt.conf
}

# Reads the package lists of a suite at one mirror. Signatures are checked with Debian's own keys where the machine has
# them, else with apt's.
update_from() { # MIRROR SUITE
    local options='' keyring
    for keyring in /usr/share/keyrings/debian-archive-keyring.{pgp,gpg}; do
        [ ! -e "$keyring" ] || options="[signed-by=$keyring] "
    done
    say "reading the package lists of $2 at $1"
    printf 'deb %s%s %s main\n' "$options" "$1" "$2" >"$tmp/sources.list"
    apt-get -qq -o APT::Update::Error-Mode=any update >&2
}
