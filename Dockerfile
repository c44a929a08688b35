# syntax=docker/dockerfile:1
#
# The bot with every tool that its runbooks use, each in the version that commands/inventory.yaml and commands/tools/ expect.
#
#     docker build $(sed -n 's/^\([A-Z0-9_]*=..*\)/--build-arg \1/p' deploy/bot/checksums.env) -t platformbot .
#
# deploy/bot/checksums.env holds one SHA-256 per download. An empty one stops the build and prints what arrived: compare that with
# the vendor's release page from another machine before you write it down.

# ---- Tools --------------------------------------------------------------------------------------------------------------------
FROM debian:trixie-slim AS tools
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates curl unzip xz-utils \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /tools

# take URL SHA256: downloads to ./download, refuses what does not have the checksum.
COPY --chmod=0755 <<'SCRIPT' /usr/local/bin/take
#!/bin/sh
set -eu
curl --fail --silent --show-error --location --proto '=https' --output download "$1"
arrived=$(sha256sum download | cut -d ' ' -f 1)
if [ "$arrived" != "${2:-}" ]; then
    echo "$1 has SHA-256 $arrived, expected '${2:-nothing: fill in deploy/bot/checksums.env}'" >&2
    exit 1
fi
SCRIPT

# Same version as the nodes: the machine configuration and the API of another one may differ.
ARG TALOSCTL_VERSION=1.11.2
ARG TALOSCTL_SHA256
RUN take "https://github.com/siderolabs/talos/releases/download/v${TALOSCTL_VERSION}/talosctl-linux-amd64" "$TALOSCTL_SHA256" \
 && install -D download bin/talosctl

# Within one minor version of the clusters.
ARG KUBECTL_VERSION=1.34.1
ARG KUBECTL_SHA256
RUN take "https://dl.k8s.io/release/v${KUBECTL_VERSION}/bin/linux/amd64/kubectl" "$KUBECTL_SHA256" \
 && install -D download bin/kubectl

# 3, not 4: the adoption of its releases by Flux was planned with 3.
ARG HELM_VERSION=3.19.0
ARG HELM_SHA256
RUN take "https://get.helm.sh/helm-v${HELM_VERSION}-linux-amd64.tar.gz" "$HELM_SHA256" \
 && tar -xzf download --strip-components=1 linux-amd64/helm && install -D helm bin/helm

ARG CILIUM_VERSION=0.18.8
ARG CILIUM_SHA256
RUN take "https://github.com/cilium/cilium-cli/releases/download/v${CILIUM_VERSION}/cilium-linux-amd64.tar.gz" "$CILIUM_SHA256" \
 && tar -xzf download cilium && install -D cilium bin/cilium

ARG FLUX_VERSION=2.7.2
ARG FLUX_SHA256
RUN take "https://github.com/fluxcd/flux2/releases/download/v${FLUX_VERSION}/flux_${FLUX_VERSION}_linux_amd64.tar.gz" "$FLUX_SHA256" \
 && tar -xzf download flux && install -D flux bin/flux

# Linkerd 2.19. The control plane's charts carry the same version (2025.10.7).
ARG LINKERD_VERSION=edge-25.10.7
ARG LINKERD_SHA256
RUN take "https://github.com/linkerd/linkerd2/releases/download/${LINKERD_VERSION}/linkerd2-cli-${LINKERD_VERSION}-linux-amd64" "$LINKERD_SHA256" \
 && install -D download bin/linkerd

ARG OP_VERSION=2.32.0
ARG OP_SHA256
RUN take "https://cache.agilebits.com/dist/1P/op2/pkg/v${OP_VERSION}/op_linux_amd64_v${OP_VERSION}.zip" "$OP_SHA256" \
 && unzip -q download op && install -D op bin/op

# What closes the etcd snapshots, and what brings them to the NAS.
ARG AGE_VERSION=1.2.1
ARG AGE_SHA256
RUN take "https://github.com/FiloSottile/age/releases/download/v${AGE_VERSION}/age-v${AGE_VERSION}-linux-amd64.tar.gz" "$AGE_SHA256" \
 && tar -xzf download --strip-components=1 age/age && install -D age bin/age

ARG RCLONE_VERSION=1.71.0
ARG RCLONE_SHA256
RUN take "https://github.com/rclone/rclone/releases/download/v${RCLONE_VERSION}/rclone-v${RCLONE_VERSION}-linux-amd64.zip" "$RCLONE_SHA256" \
 && unzip -q -j download "*/rclone" && install -D rclone bin/rclone

# mikefarah's; Debian's package of that name is another tool.
ARG YQ_VERSION=4.48.1
ARG YQ_SHA256
RUN take "https://github.com/mikefarah/yq/releases/download/v${YQ_VERSION}/yq_linux_amd64" "$YQ_SHA256" \
 && install -D download bin/yq

ARG MINIJINJA_VERSION=2.12.0
ARG MINIJINJA_SHA256
RUN take "https://github.com/mitsuhiko/minijinja/releases/download/${MINIJINJA_VERSION}/minijinja-cli-x86_64-unknown-linux-gnu.tar.xz" "$MINIJINJA_SHA256" \
 && tar -xJf download --strip-components=1 && install -D minijinja-cli bin/minijinja-cli

# ---- The bot ------------------------------------------------------------------------------------------------------------------
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY . .
RUN dotnet publish src/PlatformBot --configuration Release --output /app

# ---- The image ----------------------------------------------------------------------------------------------------------------
FROM mcr.microsoft.com/dotnet/aspnet:10.0
# git and ssh: the GitOps checkout; ssh-keygen also judges what is signed at the console. util-linux: setpriv ties tools to the bot's life. tini: reaps what tools leave behind.
# tzdata: the places whose clocks freeze windows go by.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates git openssh-client tini tzdata util-linux \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --user-group --home-dir /var/lib/platformbot --create-home platformbot

COPY --from=tools /tools/bin/ /usr/local/bin/
COPY --from=build /app/ /opt/platformbot/bin/
COPY commands/ /opt/platformbot/commands/
COPY deploy/platform/ /opt/platformbot/deploy/platform/
RUN ln -s /opt/platformbot/bin/platformbot /usr/local/bin/platformbot

# /var/lib/platformbot survives (journal, signing key, GitOps checkout); /run/platformbot is memory (client configurations).
ENV Urls=http://+:8080 \
    Http__Health=http://+:8081 \
    DOTNET_EnableDiagnostics=0 \
    HOME=/var/lib/platformbot \
    Paths__Root=/opt/platformbot \
    Paths__Repository=/var/lib/platformbot/gitops \
    Paths__Runtime=/run/platformbot \
    Tools__RuntimeDirectory=/run/platformbot \
    Tools__WorkingDirectory=/opt/platformbot \
    Kubernetes__Kubeconfig__0=/run/platformbot/kube/infra \
    Kubernetes__Kubeconfig__1=/run/platformbot/kube/apps \
    Storage__Journal=/var/lib/platformbot/journal.sqlite \
    Mattermost__SigningKeyFile=/var/lib/platformbot/mattermost.key

USER 10001:10001
WORKDIR /var/lib/platformbot
EXPOSE 8080 8081
ENTRYPOINT ["tini", "--", "platformbot"]
CMD ["serve"]
