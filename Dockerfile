# One image for all daemons and the command line; the command of the container says which one runs.
FROM debian:12-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends \
      build-essential cmake ninja-build pkg-config libzmq3-dev libhiredis-dev libmsgpack-dev libyaml-dev \
      libexpat1-dev libmicrohttpd-dev libssl-dev libzstd-dev libjansson-dev libsqlite3-dev \
      libxxhash-dev libzip-dev libcurl4-openssl-dev \
    && rm -rf /var/lib/apt/lists/*
COPY . /src
WORKDIR /src
RUN cmake --preset release -DCL_TESTS=OFF && ninja -C build && strip build/bin/claimline*

FROM debian:12-slim
RUN apt-get update && apt-get install -y --no-install-recommends \
      libzmq5 libhiredis0.14 libmsgpackc2 libyaml-0-2 libexpat1 libmicrohttpd12 libssl3 libzstd1 libjansson4 libsqlite3-0 \
      libxxhash0 libzip4 libcurl4 ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && install -d -m 0700 -o 10001 -g 10001 /var/lib/claimline
COPY --from=build /src/build/bin/claimline* /usr/bin/
COPY --from=build /src/config /etc/claimline
WORKDIR /var/lib/claimline
USER 10001:10001
VOLUME /var/lib/claimline
# Asks the daemon that runs here, with the very arguments it was started with.
HEALTHCHECK --interval=5s --timeout=5s --start-period=20s --retries=3 \
  CMD xargs -0 sh -c 'exec "$0" "$@" --health' < /proc/1/cmdline
CMD ["claimline", "--help"]
