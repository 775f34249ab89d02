package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// openAdmin has the program's metrics and readiness served, and says where.
func (w *world) openAdmin() (address string, err error) {
	address, err = freeAddress()
	if err != nil {
		return "", err
	}
	at := slices.Index(w.env, adminOff)
	if at < 0 {
		return "", errors.New("the world's environment does not close the admin endpoint")
	}
	w.env[at] = "ADMIN_ADDR=" + address
	return address, nil
}

// adminOff closes the admin endpoint of a process.
const adminOff = "ADMIN_ADDR=off"

// unready asks a program whether it is ready. It returns what it says of the
// parts that are not; empty when all are.
func unready(ctx context.Context, address string) (says string, err error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/readyz", nil)
	if err != nil {
		return "", err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", fmt.Errorf("asking whether the program is ready: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	var answer struct {
		Ready bool
		Parts []struct {
			OK   bool
			Says string
		}
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		return "", fmt.Errorf("reading whether the program is ready: %w", err)
	}
	var parts []string
	for _, part := range answer.Parts {
		if !part.OK {
			parts = append(parts, part.Says)
		}
	}
	if ready := resp.StatusCode == http.StatusOK; ready != answer.Ready || ready != (len(parts) == 0) {
		return "", fmt.Errorf("/readyz contradicts itself: %s, %+v", resp.Status, answer)
	}
	return strings.Join(parts, "; "), nil
}

// becomesReady waits until the program says that it is ready.
func (t *trial) becomesReady(ctx context.Context, address string, most time.Duration) (says string, err error) {
	for end := time.Now().Add(most); ; {
		if says, err = unready(ctx, address); err != nil || says == "" || time.Now().After(end) {
			return says, err
		}
		if err := t.pass(ctx, 200*time.Millisecond); err != nil {
			return says, err
		}
	}
}
