# Prints the reference values of tests/reference.rs that come from R 4.2.2 with survey 4.1-1.
suppressMessages(library(survey))
options(digits = 15)
women <- array(c(2,53,1,61, 3,121,5,152, 14,95,7,114, 27,103,12,66, 51,64,40,81, 29,7,101,28), dim = c(2,2,6))
print(mantelhaen.test(women, correct = TRUE)$statistic)
i <- 0:299
row <- (i * 7) %% 5 < 2
column <- ifelse((i * 11) %% 13 < 4 + 3 * row, 1, ifelse(i %% 4 == 0, 2, 0))
d <- data.frame(yes = row, row = factor(row), column = factor(column), w = 1 + (i %% 7) / 3, cluster = i %/% 4, stratum = i %/% 100)
for (design in list(svydesign(~1, weights = ~w, data = d), svydesign(~cluster, strata = ~stratum, weights = ~w, data = d))) {
  m <- svymean(~yes, design, deff = "replace")
  print(c(coef(m)[2], SE(m)[2]))
  for (s in c("Chisq", "F")) { t <- svychisq(~row + column, design, statistic = s); print(c(unname(t$statistic), unname(t$parameter), t$p.value)) }
}
x <- ((i * 37) %% 101) / 50 - 1
d$y <- as.numeric((i * i * 13 + 7 * i) %% 100 < 30 + 25 * x)
d$x <- x
print(summary(svyglm(y ~ x, svydesign(~1, weights = ~w, data = d), family = quasibinomial, control = list(epsilon = 1e-14)))$coefficients)
