"""For load balancers and the operator: is the process alive, is it ready to serve?"""

from __future__ import annotations

import shutil

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

LEAST_FREE_BYTES = 100 * 1024 * 1024


@require_safe
@never_cache
def alive(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """200 when database, migrations and disk are in order, else 503; each named."""
    checks = {"database": False, "migrations": False, "disk": False}
    try:
        executor = MigrationExecutor(connection)
        checks["database"] = True
        checks["migrations"] = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        pass
    checks["disk"] = shutil.disk_usage(settings.DATA_DIR).free > LEAST_FREE_BYTES
    return JsonResponse(checks, status=200 if all(checks.values()) else 503)
