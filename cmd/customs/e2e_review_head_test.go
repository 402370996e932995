package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"testing"
)

// TestReviewOfAQuery holds what stands in a URL: the approval of one query is
// none of another that holds as much of the same.
func TestReviewOfAQuery(t *testing.T) {
	c := newReviewCity(t, "anna", "bo")
	get := func(i int) (int, string) {
		resp, err := c.client.Get(c.origin.URL + "/find?q=" + url.QueryEscape(c.people[i].Email))
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, string(text)
	}
	_, text := get(0)
	var held struct{ Ticket, Action string }
	if err := json.Unmarshal([]byte(text), &held); err != nil || held.Action != "hold" {
		t.Fatalf("not held: %v\n%s", err, text)
	}
	c.answer(0, "approve", held.Ticket, "anna", "--transfers", "3", "--persons", "10")
	c.answer(0, "approve", held.Ticket, "bo", "--transfers", "3", "--persons", "10")
	c.settled()
	if status, text := get(1); status != http.StatusForbidden || len(c.origin.arrivals()) != 0 {
		t.Errorf("another person's query: %d\n%s", status, text)
	}
	if status, text := get(0); status != http.StatusOK {
		t.Errorf("the same query: %d\n%s", status, text)
	}
}
