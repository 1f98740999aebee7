/* Continuous time: the flow of an update rule, integrated by gsl_odeiv2. */
#include "rules/flow.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_odeiv2.h>
#include <string.h>

struct flow {
    const struct basin_rule *rule;
    void *memory;
    size_t d;
    int error;
    struct basin_diag *diag;
};

static int flow_velocity(double t, const double xi[], double velocity[], void *context)
{
    (void)t;
    struct flow *self = context;
    gsl_matrix_view next = gsl_matrix_view_array(velocity, 1, self->d);
    memcpy(velocity, xi, self->d * sizeof(*velocity));
    self->error = self->rule->step(self->memory, 0, &next.matrix, self->diag);
    for (size_t i = 0; i < self->d; i++) {
        velocity[i] -= xi[i];
    }
    return self->error == 0 ? GSL_SUCCESS : GSL_EBADFUNC;
}

int basin_flow(const struct basin_rule *rule, void *memory, double duration,
    double accuracy, gsl_matrix *states, struct basin_diag *diag)
{
    struct flow flow = {rule, memory, states->size2, 0, diag};
    gsl_odeiv2_system system = {flow_velocity, NULL, flow.d, &flow};
    gsl_odeiv2_driver *driver = gsl_odeiv2_driver_alloc_y_new(
        &system, gsl_odeiv2_step_rkf45, 1e-3 * duration, accuracy, accuracy);
    if (driver == NULL) {
        return basin_fail(
            diag, BASIN_ERR_NOMEM, "no memory to integrate %zu units", flow.d);
    }
    int ret = 0;
    for (size_t j = 0; ret == 0 && j < states->size1; j++) {
        double t = 0;
        gsl_odeiv2_driver_reset(driver);
        int status =
            gsl_odeiv2_driver_apply(driver, &t, duration, gsl_matrix_ptr(states, j, 0));
        if (status != GSL_SUCCESS) {
            ret = flow.error != 0
                      ? flow.error
                      : basin_fail(diag, BASIN_ERR_NUMERIC,
                            "the flow of rule %s could not be followed beyond "
                            "t = %g: %s",
                            rule->kind.name, t, gsl_strerror(status));
        }
    }
    gsl_odeiv2_driver_free(driver);
    return ret;
}
