# syntax=docker/dockerfile:1
# One image for all processes of vouch; what it runs as is the command. Why it is so: docs/decisions/0032-what-runs-in-production.md
# The base is pinned by tag and digest. To move it: docker buildx imagetools inspect node:TAG, and take the digest of the index.
ARG NODE_IMAGE=node:24.21.0-bookworm-slim@sha256:0e0ff40c39bc087845bfb27465a0df4ea419520094bc35842ff83dd8cbe6f9b6

FROM ${NODE_IMAGE} AS modules
WORKDIR /vouch
COPY package.json package-lock.json ./
COPY packages packages
COPY projections projections
COPY services services
# Of the workspaces that are processes, and what they need: what only tests need stays out, and so does npm's own Node.
# No package has a script of its own to run here; chDB's library comes as a package.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund --workspace=services \
  && rm -rf packages/testing node_modules/@vouch/testing

FROM ${NODE_IMAGE}
# Of the base image nothing is used but Node: what installs packages is of use to nobody but an intruder.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /opt/yarn* /usr/local/bin/yarn*
ENV NODE_ENV=production VOUCH_DATA=/data
WORKDIR /vouch
COPY --from=modules /vouch ./
# The files are root's, so that the user can run them and not change them; only the data folder is its own.
RUN install -d -o node -g node -m 0700 /data
USER 1000:1000
VOLUME /data
EXPOSE 8080 8123 9464
# Node itself is process 1, with no shell or npm between, and hears SIGTERM: requests under way have 10 s.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["node", "services/vouch/bin/healthy.mjs", "8080"]
CMD ["node", "services/vouch/bin/vouch.mjs", "start", "--port", "8080"]
