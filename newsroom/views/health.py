"""For load balancers and the operator: is the process alive, is it ready to serve?"""

from __future__ import annotations

import shutil

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from .. import alarm

LEAST_FREE_BYTES = 100 * 1024 * 1024


@require_safe
@never_cache
def alive(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """200 when database, migrations and disk are in order, else 503; each named. Worker, agenda, mail, counting and the
    plan of advertising are named too and change no status: a site without a worker serves readers, and no load balancer
    should take it from them."""
    checks = {"database": False, "migrations": False, "disk": False}
    try:
        executor = MigrationExecutor(connection)
        checks["database"] = True
        checks["migrations"] = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        pass
    checks["disk"] = shutil.disk_usage(settings.DATA_DIR).free > LEAST_FREE_BYTES
    status = 200 if all(checks.values()) else 503
    late = dict.fromkeys(["worker", "agenda", "mail", "counting", "plan"], False)
    if checks["migrations"]:
        late = alarm.freshness(timezone.now())
    alarm.keep_watch()
    return JsonResponse(checks | late, status=status)
