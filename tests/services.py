"""Do the PostgreSQL and the Redis of the test run answer? ``python -m tests.services DATABASE_URL REDIS_URL``"""

import sys

import psycopg
import redis


def main(database_url, redis_url):
    try:
        psycopg.connect(database_url.replace("postgres://", "postgresql://"), connect_timeout=3).close()
        redis.Redis.from_url(redis_url, socket_connect_timeout=3).ping()
    except (psycopg.OperationalError, redis.RedisError) as error:
        sys.exit(f"no answer: {error}".splitlines()[0])


if __name__ == "__main__":
    main(*sys.argv[1:])
