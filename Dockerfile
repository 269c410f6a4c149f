# The application without its embedded servers: Postgres and Valkey are services of their own in production
# (docker-compose.yml). One image runs the web, the worker, the clock and the sweep.
FROM python:3.11-slim-bookworm AS build
RUN pip install --no-cache-dir uv==0.13.8
COPY requirements.txt .
RUN python -m venv /opt/jada && uv pip sync --python /opt/jada/bin/python --require-hashes requirements.txt

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /srv/jada --shell /usr/sbin/nologin jada
COPY --from=build /opt/jada /opt/jada
WORKDIR /srv/jada
COPY . .
ENV PATH=/opt/jada/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=jada.settings \
    DEBUG=false
# Static files are made with throw-away keys: nothing in them depends on a key. var/ is the one place to write to.
RUN SECRET_KEY=only-while-building-0123456789abcdef0123456789 \
    LINK_KEYS=only-while-building-0123456789abcdef0123456789 \
    FIELD_KEYS=only-while-building-0123456789abcdef0123456789 \
    BASE_URL=https://build.example.com \
    DATABASE_URL=postgres://none@none/none REDIS_URL=redis://none:6379/0 \
    python manage.py collectstatic --no-input --verbosity 0 \
    && mkdir var && chown jada:jada var
USER jada
VOLUME /srv/jada/var
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--no-ws", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "16", \
     "--respawn-failed-workers", "--workers-kill-timeout", "20", "jada.wsgi:application"]
