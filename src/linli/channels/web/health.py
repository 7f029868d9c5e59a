"""Two questions of the machine room: does the process live, and can it serve?"""

from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, JsonResponse

from linli.kernel import relay
from linli.kernel.registry import tenants


def alive(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


def ready(request: HttpRequest) -> JsonResponse:
    """200 when the database answers; parked events are named by count, for they wait for a human."""
    try:
        parked = 0
        for district in tenants.all_districts():
            with tenants.district(district.code):
                parked += len(relay.parked())
        return JsonResponse({"status": "ok", "parked_events": parked})
    except (DatabaseError, InterfaceError):
        connection.close()
        response = JsonResponse({"status": "database away"}, status=503)
        response["Retry-After"] = "5"
        return response
