"""Prints the reference values of tests/reference.rs.  statsmodels 0.15.0, scipy 1.17.1, numpy 2.4.6."""
import numpy as np, statsmodels.api as sm
from scipy import stats
from statsmodels.stats.contingency_tables import StratifiedTable, Table2x2
from statsmodels.stats.proportion import confint_proportions_2indep as ci2

def show(name, *values):
    print(name, *(repr(float(v)) for v in np.hstack([np.ravel(v) for v in values])))

for a, n1, c, n0 in [(432, 1000, 143, 1000), (9, 40, 4, 60), (3, 12, 1, 20), (15, 15, 29, 50), (0, 20, 5, 30), (7, 25, 0, 30)]:
    t = np.array([[a, n1 - a], [c, n0 - c]]); name = f"{a}/{n1} {c}/{n0}"
    for method, kw in [("koopman", dict(compare="ratio", method="score", correction=False)),
                       ("mn-ratio", dict(compare="ratio", method="score", correction=True)),
                       ("mn-odds", dict(compare="odds-ratio", method="score", correction=True))]:
        try: show(f"{name} {method}", ci2(a, n1, c, n0, **kw))
        except Exception as e: print(name, method, e)
    if t.min() > 0:
        show(f"{name} katz", Table2x2(t).riskratio, Table2x2(t).riskratio_confint())
        show(f"{name} woolf", Table2x2(t).oddsratio, Table2x2(t).oddsratio_confint())
    r = stats.contingency.odds_ratio(t, kind="conditional")
    show(f"{name} conditional", r.statistic, *r.confidence_interval())
    show(f"{name} fisher", *(stats.fisher_exact(t, alternative=x)[1] for x in ("two-sided", "greater", "less")))
    show(f"{name} chi2", *stats.chi2_contingency(t, correction=False)[:2], *stats.chi2_contingency(t, correction=True)[:2])
show("3x3", *stats.chi2_contingency(np.array([[10, 20, 30], [25, 15, 5], [8, 9, 10]]))[:3])

# Strata: smoking and survival of women by age (Appleton, French and Vanderpump 1996), dead and alive.
women = [((2, 53), (1, 61)), ((3, 121), (5, 152)), ((14, 95), (7, 114)), ((27, 103), (12, 66)), ((51, 64), (40, 81)), ((29, 7), (101, 28)), ((13, 0), (64, 0))]
s = StratifiedTable([np.array(t) for t in women])
show("mh odds", s.oddsratio_pooled, *s.oddsratio_pooled_confint())
show("mh risk", s.riskratio_pooled)
for corr in (False, True):
    r = s.test_null_odds(correction=corr); show(f"cmh {corr}", r.statistic, r.pvalue)
s6 = StratifiedTable([np.array(t) for t in women[:6]])
r = s6.test_equal_odds(adjust=True); show("tarone (6 strata)", r.statistic, r.pvalue)

# Logistic regression on numbers from formulas.
i = np.arange(200)
x = ((i * 37) % 101) / 50 - 1
z = (i % 3 == 0).astype(float)
y = ((i * i * 13 + 7 * i) % 100 < 30 + 25 * x + 20 * z).astype(float)
X = sm.add_constant(np.column_stack([x, z]))
for cov, kw in [("nonrobust", {}), ("HC0", {}), ("HC1", {}), ("cluster", dict(groups=i // 8))]:
    f = sm.Logit(y, X).fit(disp=0, tol=1e-14, maxiter=100, cov_type=cov, cov_kwds=kw)
    show(f"logit {cov}", f.params, f.bse, f.pvalues[1], -2 * f.llf, -2 * f.llnull)
w = 1 + (i % 5) / 2
g = sm.GLM(y, X, family=sm.families.Binomial(), freq_weights=w).fit(tol=1e-14)
show("weighted", g.params, g.deviance)

# statsmodels' closed form gives 1.4773 for the lower end of 15/15 against 29/50; at 1.4 chi-square is 2.98, so 1.4
# belongs inside.  Koopman's equation (2.1) with the likelihood maximised numerically:
from scipy.optimize import brentq, minimize_scalar
def koopman(a, n1, c, n0, ratio):
    like = lambda p: -(stats.binom.logpmf(a, n1, ratio * p) + stats.binom.logpmf(c, n0, p))
    p0 = minimize_scalar(like, bounds=(1e-9, min(1, 1 / ratio) - 1e-12), method="bounded", options=dict(xatol=1e-13)).x
    p1 = ratio * p0
    return (a - n1 * p1) ** 2 / (n1 * p1 * (1 - p1)) * (1 + n1 * (ratio - p1) / (n0 * (1 - p1)))
for n in (0, 1):
    limit = stats.chi2.ppf(.95, 1) * (1 if n == 0 else 65 / 64)
    show(f"15/15 29/50 lower end, maximised, {'Miettinen-Nurminen' if n else 'Koopman'}", brentq(lambda r: koopman(15, 15, 29, 50, r) - limit, 1.05, 1.6, xtol=1e-13))
