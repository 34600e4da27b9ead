# Kakehashi for production: docker build -t kakehashi . && docker run --env-file .env -v kakehashi:/data -p 3000:3000 kakehashi
FROM python:3.11-slim AS environment
COPY requirements.txt .
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes --only-binary :all: \
      -r requirements.txt

FROM python:3.11-slim
RUN useradd --system --uid 10001 --no-create-home kakehashi \
 && install -d -o kakehashi -g kakehashi -m 0700 /data
COPY --from=environment /venv /venv
WORKDIR /app
COPY . .
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOST=0.0.0.0 \
    PORT=3000 \
    DATABASE_URL=sqlite:////data/kakehashi.db
RUN python -m compileall -q bot handlers scheduler storage
USER kakehashi
VOLUME /data
EXPOSE 3000
# the process answers on /healthz as long as it lives; /readyz also asks the database and the clock
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '/healthz', timeout=4)"]
STOPSIGNAL SIGTERM
CMD ["python", "-m", "bot", "serve"]
