# Orderferry, for both engines. Built in two stages: the second has neither compiler nor development packages.
FROM node:20-bookworm-slim AS build
# better-sqlite3 is compiled where it has no prebuilt binary.
RUN apt-get update \
  && apt-get install -y --no-install-recommends python3 make g++ \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/orderferry
# Packages first: a change of the sources does not install them again.
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts && npm rebuild better-sqlite3
COPY tsconfig.json tsconfig.build.json ./
COPY scripts ./scripts
COPY src ./src
COPY pipelines ./pipelines
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:20-bookworm-slim
ENV NODE_ENV=production \
    ORDERFERRY_CONFIG=/srv/ferry/config/orderferry.yaml
WORKDIR /opt/orderferry
COPY --from=build /opt/orderferry/package.json ./
COPY --from=build /opt/orderferry/node_modules ./node_modules
COPY --from=build /opt/orderferry/dist ./dist
COPY sql ./sql
COPY config ./config
# A named volume for var takes its folders and their owner from here: a run never makes the folder of a warehouse.
RUN ln -s /opt/orderferry/dist/src/app/cli.js /usr/local/bin/orderferry \
  && install -d -o node -g node \
    /srv/ferry/var /srv/ferry/var/out /srv/ferry/var/out/tables /srv/ferry/var/out/atlas /srv/ferry/var/out/borealis
USER node
HEALTHCHECK --interval=60s --timeout=30s --start-period=30s CMD ["orderferry", "--quiet", "status"]
# Exec form: the signals of "docker stop" reach the process itself.
ENTRYPOINT ["orderferry"]
CMD ["--help"]
