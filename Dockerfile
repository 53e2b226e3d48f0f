# Orderferry on the embedded engine. Built in two stages: the second has neither compiler nor development packages.
FROM node:20-bookworm-slim AS build
# better-sqlite3 is compiled where it has no prebuilt binary.
RUN apt-get update \
  && apt-get install -y --no-install-recommends python3 make g++ \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/orderferry
COPY . .
RUN npm ci && npm prune --omit=dev --ignore-scripts

FROM node:20-bookworm-slim
ENV NODE_ENV=production \
    ORDERFERRY_CONFIG=/srv/ferry/config/orderferry.yaml
WORKDIR /opt/orderferry
COPY --from=build /opt/orderferry/package.json ./
COPY --from=build /opt/orderferry/node_modules ./node_modules
COPY --from=build /opt/orderferry/dist ./dist
COPY --from=build /opt/orderferry/sql ./sql
COPY --from=build /opt/orderferry/config ./config
# The place of a named volume, should one be used for var: it takes the owner from here.
RUN install -d -o node -g node /srv/ferry/var
USER node
ENTRYPOINT ["node", "/opt/orderferry/dist/src/app/cli.js"]
CMD ["--help"]
