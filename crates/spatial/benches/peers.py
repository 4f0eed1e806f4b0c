"""Local Moran's I with 9,999 conditional permutations: KeKiz beside other tools, in one run.

    pip install esda==2.9.0 libpysal==4.14.1 numpy pandas
    cargo build --release -p kekiz-cli
    python crates/spatial/benches/peers.py target/release/kekiz

Prints seconds of processor time on one core (whole process for kekiz, reading included) and the ratio to kekiz.
"""
import os, resource, subprocess, sys, tempfile, time, warnings

warnings.filterwarnings("ignore")
import libpysal, numpy, pandas
from esda import Moran_Local

data = os.path.join(os.path.dirname(__file__), "..", "tests", "data")
kekiz = sys.argv[1]


def processor_seconds(arguments):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(arguments, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def run(name, values, column, gal, w):
    common = [kekiz, "analyse", "local-moran", "--values", values, "--value", column, "--weights", f"gal:{gal}",
              "--row-standardise", "--permutations", "9999", "--alternative", "two-sided", "--seed", "1",
              "--threads", "1", "--quiet", "--out", os.devnull]
    own = processor_seconds(common)
    shared = processor_seconds(common + ["--shared-table"])
    y = pandas.read_csv(values)[column].values
    w.transform = "r"
    Moran_Local(y[:], w, permutations=9)
    start = time.process_time()
    Moran_Local(y, w, permutations=9999, n_jobs=1, keep_simulations=False, seed=1)
    esda = time.process_time() - start
    print(f"{name}: kekiz {own:.2f} s, shared table {shared:.2f} s; esda (shared) {esda:.2f} s, ratio {esda / shared:.1f}")


gal = os.path.join(data, "nat_queen.gal")
run("3,085 counties", os.path.join(data, "nat.csv"), "HR90", gal, libpysal.io.open(gal).read())
with tempfile.TemporaryDirectory() as folder:
    grid = libpysal.weights.lat2W(224, 224, rook=False)
    path, values = os.path.join(folder, "grid.gal"), os.path.join(folder, "grid.csv")
    libpysal.io.open(path, "w").write(grid)
    pandas.DataFrame({"v": numpy.random.default_rng(1).random(224 * 224)}).to_csv(values, index=False)
    run("50,176 cells", values, "v", path, grid)
