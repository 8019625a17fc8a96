"""The station file that `scantrail station init` writes: every key with its default, and what it means."""

EXAMPLE = """\
# A station file of Scantrail: what stands on this bench or at this beamline.
#
# Scantrail reads the file given with --config, else the one that SCANTRAIL_STATION names, else ./station.toml, else
# station.toml in the data root (SCANTRAIL_HOME, ~/.scantrail). Options on the command line override it.
#
# All that is set below is the default; remove what you do not change. Lines such as "#key = value" have no default, or
# describe what only some stations have: take away the # to use them.
# "scantrail station check" shows what was understood.

[device]
label = "OSECHI"
port = "auto"                 # such as "/dev/ttyUSB0"; "auto" finds it
baudrate = 115200
timeout = 1.0                 # longest wait for a reply [s]
dialect = "auto"              # of the firmware: "v1", "v2", "legacy"; "auto" asks
settle = 0.1                  # wait after a confirmed threshold [s]
open_wait = 0.5               # wait after opening the port, which resets many boards [s]
dead_time = 0.0               # of each recorded event [s]

[sampler]
label = "threshold scan"      # name of the measurement, kept with the run
duration = 10.0               # counting time at each point [s]
#workspace = "scans"          # where CSV files go; default: the run's own directory
suppress_threshold = 1023     # threshold that silences a channel [DAC]
max_retry = 3                 # attempts to write a threshold, in all

# A scan covers center - nsteps * step_size to center + nsteps * step_size: 2 nsteps + 1 points in 1-1023 DAC.
# Parallel scans need the same number of points on every channel.
[sensors.ch1]
id = 1
name = "ch1"
label = "top"
center = 300                  # [DAC]
nsteps = 10
step_size = 1                 # [DAC]
threshold = "none"            # in use between scans [DAC]: 1-1023

[sensors.ch2]
id = 2
name = "ch2"
label = "mid"
center = 300
nsteps = 10
step_size = 1
threshold = "none"

[sensors.ch3]
id = 3
name = "ch3"
label = "btm"
center = 300
nsteps = 10
step_size = 1
threshold = "none"
# A channel of a control system, instead of the serial detector:
#threshold_pv = "BL02:DISC:CH3:VTH"
#rate_pv = "BL02:DISC:CH3:RATE"

# The simulated detector that --mock scans.
[mocker]
speed = 1.0                   # simulated seconds in a second
#seed = 1                     # the same random numbers every time; default: new ones
# Instead of the physics below, replay recorded events (timestamp, top, mid, btm, adc, tmp, atm, hmd). A recording knows
# no threshold: only one that suppresses its channel (1000 and more) has an effect.
#csv_path = "events.csv"
#shuffle = false              # in random order
#loop = true                  # from the start again at the end; false: silent from there on
#jitter = 0.0                 # random spread of the times: standard deviation [s]

# The truth behind each channel: noise edge rate * erfc((v - mu) / (sqrt(2) sigma)), or for "rice"
# rate * exp(-(v - mu)^2 / (2 sigma^2)), on top of it efficiency * plateau muons a second.
[mocker.ch1]
model = "erfc"
rate = 50.0                   # [1/s]
mu = 300.0                    # [DAC]
sigma = 4.0                   # [DAC]
plateau = 1.0                 # muons that cross the channel [1/s]
efficiency = 0.95             # share of these muons that fires the channel

[mocker.ch2]
model = "erfc"
rate = 50.0
mu = 308.0
sigma = 4.0
plateau = 1.0
efficiency = 0.95

[mocker.ch3]
model = "erfc"
rate = 50.0
mu = 292.0
sigma = 4.0
plateau = 1.0
efficiency = 0.95

[beamline]
url = "tcp://localhost:5064"  # or "ca://", "pva://", "sim://name"
timeout = 5.0                 # longest wait for a reply [s]
#name = "BL02"                # these three go into the files of a scan
#facility = "My light source"
#source = "bending magnet"

#[motors.x]
#pv = "BL02:SAMPLE:X"
#url = "tcp://localhost:5064" # default: the beamline's
#units = "um"
#limits = [-10000, 10000]     # [units]
#speed = 1000                 # [units/s]
#tolerance = 0.5              # largest distance of readback and target [units]
#settle = 0.0                 # wait after it stopped [s]
#backlash = 0.0               # overshoot before the final approach [units]
#profile = "suffix"           # or "motor-record"

#[detectors.i0]
#pv = "BL02:DET:I0"
#url = "tcp://localhost:5064" # default: the beamline's
#units = "counts/s"
#ceiling = 1000000            # reading at which it saturates [units]
#dark = 0.0                   # reading without beam [units]

#[detectors.it]
#pv = "BL02:DET:IT"
#units = "counts/s"

#[shutter]
#status_pv = "BL02:SHUTTER:STATUS"
#cmd_pv = "BL02:SHUTTER:CMD"
#policy = "leave"             # "scan": open during a scan; "point": at each point only

# Read before and after each scan: PVs, or names from above; a motor is its readback.
#[baseline]
#pvs = ["BL02:RING:CURRENT", "BL02:HUTCH:TEMP"]

# Derived columns.
#[columns]
#mu = "ln(i0 / it)"

# While this is out of its range a scan pauses, and the point is measured again.
#[watch]
#pv = "BL02:RING:CURRENT"
#min = 150                    # [units of the PV]
#max = 400
#wait = 2.0                   # time in range before the scan goes on [s]

#[crystal]
#name = "Si 111"
#d_spacing = 3.13560          # [angstrom]
#angle_limits = [5, 75]       # Bragg angle [deg]

#[database]
#url = "postgresql://user:password@host/scantrail"    # or the path of a file
#profile = "osechi"
#data_dir = "test_data"       # attached files
"""
"""A commented station file; it loads to the defaults, and with its `#key` lines uncommented to a whole beamline."""
