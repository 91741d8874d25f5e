"""Session serializers that are not Django's JSON."""

import json
import pickle
from datetime import datetime


class Pickles:
    def dumps(self, data):
        return pickle.dumps(data)

    def loads(self, data):
        return pickle.loads(data)


class Dates:
    """JSON with dates in it."""

    def dumps(self, data):
        return json.dumps(data, default=lambda date: {"date": date.isoformat()}).encode()

    def loads(self, data):
        def date(found):
            return datetime.fromisoformat(found["date"]) if "date" in found else found

        return json.loads(data, object_hook=date)
