# docker build -t mms-inbox .
# docker run --rm -p 3000:3000 -v mms-inbox-data:/data --env-file .env mms-inbox
#
# The last stage has what `npm pack` packs, and the packages of the lock file that run it. `npm run test:image`
# replays these lines in a folder (test/replay-dockerfile.ts).

FROM node:24-bookworm-slim AS build
WORKDIR /app
# The schema and Prisma's configuration come first: `npm ci` ends with `prisma generate`.
COPY package.json package-lock.json prisma.config.ts ./
COPY prisma ./prisma
COPY web/package.json ./web/
RUN npm ci
COPY bin ./bin
COPY src ./src
COPY web ./web
COPY tsconfig.json tsconfig.build.json ./
RUN npm run prepack

FROM node:24-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
# Without the workspaces, whose work is done; without the Node of the lock file, because the image has one; without the
# compiler that Prisma's client names as a peer; and without Prisma's query compilers of other databases.
RUN npm ci --omit=dev --workspaces=false --ignore-scripts \
  && rm -r node_modules/node-linux-* node_modules/.bin/node \
  && rm -r node_modules/typescript node_modules/@typescript node_modules/.bin/tsc \
  && find node_modules/@prisma/client/runtime -name 'query_compiler_*' ! -name '*_small_bg.postgresql.*' -delete

FROM node:24-bookworm-slim
# ffmpeg for previews of video and audio; fonts for texts in Chinese, Japanese and Korean, and for emoji.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ffmpeg fontconfig fonts-noto-cjk fonts-noto-color-emoji \
  && rm -rf /var/lib/apt/lists/* \
  && mkdir --mode=0700 /data \
  && chown node:node /data
# Other machines reach the container's own address.
ENV NODE_ENV=production DATA_DIR=/data HOST=0.0.0.0
WORKDIR /app
COPY --from=packages /app/node_modules ./node_modules
COPY package.json LICENSE ./
COPY bin ./bin
# Read at every start: migrations that the database does not have yet are applied.
COPY prisma/migrations ./prisma/migrations
# The server, and the page in `web`.
COPY --from=build /app/dist ./dist
# The version is that of package.json; the commit: docker build --build-arg REVISION=$(git rev-parse HEAD) …
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="mms-inbox" \
  org.opencontainers.image.description="Receive MMS from Twilio, keep every attachment, preview it, list it, delete it." \
  org.opencontainers.image.version="$VERSION" \
  org.opencontainers.image.revision="$REVISION" \
  org.opencontainers.image.licenses="MIT"
USER node
VOLUME /data
EXPOSE 3000
STOPSIGNAL SIGTERM
# The first start makes a database, which takes some seconds.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.PORT || 3000) + '/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "bin/mms-inbox.js"]
