#!/usr/bin/env python3
"""Fits the constants of engine/calibration.* on the recordings of people in motion, and shows what the fit is worth.

    scripts/fit_proximity.py FOLDER [--held-out FILE.csv]

FOLDER holds dp3t.csv.gz and devices.csv. Prints the constants fitted on all sessions. With --held-out also writes the
rows of `bz proximity` where the constants for each session are fitted on the others only: give them to the scorer
for the honest figures. Python 3.9 or newer, no packages. The method is described in docs/proximity.md.
"""
import argparse
import collections
import csv
import gzip
import math
import os

WINDOW_S, SCAN_S, LONGEST_GAP_S, UNKNOWN_GAP_S = 300, 25.5, 300, 120
LOW_DBM = -15
CLOSE_M = 2.0
FARTHEST_M = 6.0     # farther packets are only those that happened to arrive
NEAREST_M = 0.5      # heads that touch do not mean phones that touch
RIDGE = 0.01         # of the sum of weights: models recorded with one phone stay near Google's table
CLASS_BELIEVED = 0.5


def read_scans(folder):
    """What each receiver heard of each sender in each of its scans, with the mean true distance."""
    with open(os.path.join(folder, 'devices.csv'), newline='') as file:
        devices = {row['device']: row for row in csv.DictReader(file)}
    receivers, scans, last = {}, {}, collections.defaultdict(float)
    with gzip.open(os.path.join(folder, 'dp3t.csv.gz'), 'rt', newline='') as file:
        for row in csv.DictReader(file):
            session, rx, tx = row['session_id'], row['rx_device'], row['tx_device']
            time, window = float(row['time_s']), max(0, int(float(row['time_s']) // WINDOW_S))
            last[session] = max(last[session], time)
            scan = receivers.get((session, rx))     # start, serial, window, seconds it stands for
            if scan is None:
                scan = receivers[session, rx] = [time, 0, window, UNKNOWN_GAP_S]
            elif time >= scan[0] + SCAN_S or window != scan[2]:
                gap = min(max(round(time - scan[0]), 1), LONGEST_GAP_S)
                scan[:] = time, scan[1] + 1, window, gap
            heard = scans.setdefault((session, rx, tx, scan[1]), {
                'session': session, 'rx': rx, 'tx': tx, 'window': window, 'gap': scan[3],
                'rx_model': devices[rx]['model'], 'tx_model': devices[tx]['model'],
                'ultra_low': bool(row['tx_power_dbm']), 'attenuations': [], 'distances': []})
            power = float(devices[tx]['google_tx_dbm']) + float(row['tx_power_dbm'] or LOW_DBM) - LOW_DBM
            heard['attenuations'].append(
                power - float(row['rssi_dbm']) - float(devices[rx]['google_rx_correction_db']))
            if row['true_distance_m']:
                heard['distances'].append(float(row['true_distance_m']))
    for scan in scans.values():
        scan['attenuation'] = mean(scan['attenuations'])
        scan['distance'] = mean(scan['distances']) if scan['distances'] else None
    return list(scans.values()), last


def mean(values):
    return sum(values) / len(values)


def solve(matrix, right):
    """Gauss-Jordan with pivots."""
    n = len(right)
    rows = [line[:] + [right[i]] for i, line in enumerate(matrix)]
    for i in range(n):
        pivot = max(range(i, n), key=lambda r: abs(rows[r][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        for r in range(n):
            if r != i and rows[r][i]:
                factor = rows[r][i] / rows[i][i]
                rows[r] = [a - factor * b for a, b in zip(rows[r], rows[i])]
    return [rows[i][n] / rows[i][i] for i in range(n)]


def least_squares(scans, with_class):
    """attenuation = at 2 m + slope x 10 log10(distance / 2 m) + receiver + sender (+ class)."""
    scans = [s for s in scans if s['distance'] is not None and s['distance'] <= FARTHEST_M]
    models = sorted({s['rx_model'] for s in scans} | {s['tx_model'] for s in scans})
    names = ['two metres', 'slope'] + ['class'] * with_class
    free = len(names)
    names += ['rx ' + m for m in models] + ['tx ' + m for m in models]
    place = {name: i for i, name in enumerate(names)}
    matrix = [[RIDGE * (i == j and i >= free) for j in range(len(names))] for i in range(len(names))]
    right = [0.0] * len(names)
    for scan in scans:
        x = {0: 1.0, 1: 10 * math.log10(max(scan['distance'], NEAREST_M) / CLOSE_M),
             place['rx ' + scan['rx_model']]: 1.0, place['tx ' + scan['tx_model']]: 1.0}
        if with_class and scan['ultra_low']:
            x[place['class']] = 1.0
        for i, v in x.items():
            right[i] += v * scan['attenuation'] / len(scans)
            for j, w in x.items():
                matrix[i][j] += v * w / len(scans)
    return dict(zip(names, solve(matrix, right)))


def logistic_scale(points):
    """Scale of 1 / (1 + exp((x - middle) / scale)) by maximum likelihood; points are (x, close, weight)."""
    a = b = 0.0
    centre = sum(x * w for x, _, w in points) / sum(w for *_, w in points)
    for _ in range(30):
        g0 = g1 = h00 = h01 = h11 = 0.0
        for x, close, weight in points:
            p = 1 / (1 + math.exp(-(a + b * (x - centre))))
            error, spread = (close - p) * weight, p * (1 - p) * weight
            g0, g1 = g0 + error, g1 + error * (x - centre)
            h00, h01, h11 = h00 + spread, h01 + spread * (x - centre), h11 + spread * (x - centre) ** 2
        d = h00 * h11 - h01 * h01
        a, b = a + (h11 * g0 - h01 * g1) / d, b + (h00 * g1 - h01 * g0) / d
    return -1 / b


def fit(scans):
    excess = CLASS_BELIEVED * least_squares(scans, True)['class']
    shifted = [dict(s, attenuation=s['attenuation'] - excess * s['ultra_low']) for s in scans]
    constants = dict(least_squares(shifted, False), **{'class': excess})
    constants['scale'] = logistic_scale([(calibrated(s, constants), s['distance'] <= CLOSE_M, s['gap'])
                                         for s in scans if s['distance'] is not None])
    return constants


def calibrated(scan, constants):
    return (scan['attenuation'] - constants.get('rx ' + scan['rx_model'], 0)
            - constants.get('tx ' + scan['tx_model'], 0) - constants['class'] * scan['ultra_low'])


def chance(attenuation, constants):
    return 1 / (1 + math.exp((attenuation - constants['two metres']) / constants['scale']))


def write_held_out(path, scans, last):
    with open(path, 'w', newline='') as file:
        out = csv.writer(file)
        out.writerow('session_id rx_device tx_device start_s end_s close_s score'.split())
        for session in sorted(last):
            constants = fit([s for s in scans if s['session'] != session])
            windows = collections.defaultdict(list)
            for scan in scans:
                if scan['session'] == session:
                    windows[scan['rx'], scan['tx'], scan['window']].append(scan)
            for (rx, tx, window), heard in sorted(windows.items()):
                start = window * WINDOW_S
                end = min(max(last[session], start + 1), start + WINDOW_S)
                values = [calibrated(s, constants) for s in heard]
                close = sum(s['gap'] * chance(v, constants) for s, v in zip(heard, values))
                packets = [len(s['attenuations']) for s in heard]
                average = sum(v * n for v, n in zip(values, packets)) / sum(packets)
                # In decibels, so that sessions compare although their curves differ a little.
                out.writerow([session, rx, tx, start, end, min(close, end - start), -average])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument('folder')
    parser.add_argument('--held-out', metavar='FILE.csv')
    args = parser.parse_args()
    scans, last = read_scans(args.folder)
    for name, value in fit(scans).items():
        print(f'{name:16} {value:7.2f}')
    if args.held_out:
        write_held_out(args.held_out, scans, last)


if __name__ == '__main__':
    main()
